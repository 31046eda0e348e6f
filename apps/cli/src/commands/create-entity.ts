import { entityGenerator } from '@limaml/nx';
import { Command } from 'commander';
import { answers, type CommandResult } from '../command.js';
import { diskTree } from '../disk-tree.js';
import type { CliIo } from '../io.js';

interface CreateEntityOptions {
  readonly directory?: string;
  readonly dryRun?: true;
}

const EXAMPLES = `
Examples:
  $ limaml create entity course
  $ limaml create entity course --directory packages/course --dry-run

Writes a package with an entity plugin and a conformance test. In an Nx workspace with @limaml/nx, the same
is "nx g @limaml/nx:entity course".`;

export function addCreateEntity(program: Command, io: CliIo): Command {
  const command = program
    .command('create')
    .description('Create a plugin package.')
    .command('entity <name>')
    .description('Create a package with an entity plugin and its conformance test.')
    .option('--directory <folder>', 'folder of the package (default: limaml-entity-<name>)')
    .option('--dry-run', 'say what would be written, and write nothing')
    .addHelpText('after', EXAMPLES);
  return answers<CreateEntityOptions>(command, io, async ({ directory, dryRun }, [name]) => {
    const tree = diskTree(io.cwd, { write: dryRun !== true });
    const options = { name: name!, ...(directory !== undefined && { directory }) };
    return describe(entityGenerator(tree, options), dryRun === true);
  });
}

function describe(
  { name, directory, files }: ReturnType<typeof entityGenerator>,
  dryRun: boolean,
): CommandResult {
  const next = `Next: cd ${directory} && npm install && npm test`;
  return {
    text: [
      `${dryRun ? 'Would create' : 'Created'} the package ${name} in ${directory}:`,
      ...files.map((file) => `  ${file}`),
      dryRun ? 'Nothing was written.' : next,
    ].join('\n'),
    json: { name, directory, files, written: !dryRun },
  };
}
