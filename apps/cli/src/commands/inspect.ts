import { inspectBundle } from '@limaml/serving';
import { Command } from 'commander';
import { describeBundle } from '../bundle-text.js';
import { runs, type CommandContext, type CommandResult } from '../command.js';
import type { CliIo } from '../io.js';

const EXAMPLES = `
Examples:
  $ limaml inspect bundles/quickstart
  $ limaml inspect bundles/quickstart --json

Everything that is checked before a bundle is used is checked: structure, checksums, sizes, operators, inputs and
outputs. No model is loaded.`;

export function addInspect(program: Command, io: CliIo): Command {
  const command = program
    .command('inspect <bundle>')
    .description('Check a bundle and print what is in it: manifest, features, models and files.')
    .addHelpText('after', EXAMPLES);
  return runs<object>(command, io, inspect);
}

async function inspect(
  context: CommandContext,
  _options: object,
  [folder]: readonly string[],
): Promise<CommandResult> {
  const inspection = await inspectBundle(context.path(folder!));
  return { text: describeBundle(inspection), json: inspection };
}
