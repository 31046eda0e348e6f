import { experimentJsonSchema, sweepJsonSchema } from '@limaml/experiment';
import { Argument, type Command } from 'commander';
import { answers } from '../command.js';
import type { CliIo } from '../io.js';

const SCHEMAS = { experiment: experimentJsonSchema, sweep: sweepJsonSchema };

const EXAMPLES = `
Examples:
  $ limaml schema experiment > experiment.schema.json
  $ limaml schema sweep > sweep.schema.json

A JSON spec names it, and editors complete and check: { "$schema": "./experiment.schema.json", "name": … }`;

export function addSchema(program: Command, io: CliIo): Command {
  const kinds = new Argument('<kind>', 'what it describes').choices(Object.keys(SCHEMAS));
  const command = program
    .command('schema')
    .description('Print the JSON schema of experiment specs or of sweeps, for editors.')
    .addArgument(kinds)
    .addHelpText('after', EXAMPLES);
  return answers(command, io, async (_, [kind]) => {
    const schema = SCHEMAS[kind as keyof typeof SCHEMAS]();
    return Promise.resolve({ text: JSON.stringify(schema, undefined, 2), json: schema });
  });
}
