import { Command } from 'commander';
import { join } from 'node:path';
import { runs, type CommandContext, type CommandResult } from '../command.js';
import { chooseSeeds, loadSpec } from '../experiment-spec.js';
import type { CliIo } from '../io.js';
import { namedPath, wholeNumber } from '../options.js';
import { reportResults } from '../results-report.js';
import { PROVIDER_HELP } from '../provider.js';
import { runSpec, type RunSpecOptions } from '../run-spec.js';

interface ExperimentOptions extends RunSpecOptions {
  readonly seeds?: number;
  readonly variant?: string;
  readonly jobs: number;
}

const EXAMPLES = `
Examples:
  $ limaml experiment examples/experiments/quickstart.ts --data marketplace=data/marketplace --out runs/quickstart
  $ limaml experiment examples/experiments/ml-1m-t.ts --data ml-1m=data/ml-1m --seeds 3 --jobs 2 --out runs/ml-1m-t
  $ limaml experiment examples/experiments/ml-1m-t.ts --data ml-1m=data/ml-1m --out runs/ml-1m-t --resume
  $ limaml experiment examples/experiments/quickstart.ts --variant small --out runs/small

SPEC is a TypeScript or JavaScript module, or a JSON file; "limaml schema experiment" prints its JSON schema.
Writes results.json, spec.json and a folder per model and seed. Ctrl-C saves checkpoints; --resume goes on
from them and gives the numbers of an uninterrupted run.`;

export function addExperiment(program: Command, io: CliIo): Command {
  const command = program
    .command('experiment <spec>')
    .description('Train and evaluate every model and baseline of a spec with several seeds.')
    .requiredOption('--out <folder>', 'folder for results and runs')
    .option('--variant <name>', 'variant of the spec (default: the spec as it is)')
    .option('--data <name=path>', 'where a dataset is; may be repeated', namedPath)
    .option('--seeds <n>', 'number of seeds (default: those of the spec)', wholeNumber(1))
    .option('--jobs <n>', 'runs at once, each in a process of its own', wholeNumber(1), 1)
    .option(
      '--workers <n>',
      'worker threads that share the tasks of a batch (default: as the spec says)',
      wholeNumber(1),
    )
    .option('--provider <name>', PROVIDER_HELP)
    .option('--no-compile-cache', 'keep no compiled programs in the folder')
    .option('--resume', 'go on with what is in the folder')
    .option('--overwrite', 'start again, replacing what is in the folder')
    .addHelpText('after', EXAMPLES);
  return runs<ExperimentOptions>(command, io, experiment);
}

async function experiment(
  context: CommandContext,
  options: ExperimentOptions,
  [file]: readonly string[],
): Promise<CommandResult> {
  const path = context.path(file!);
  const spec = chooseSeeds(await loadSpec(path, options.variant), options.seeds);
  const results = await runSpec(context, path, spec, options);
  return reportResults(context, results, {
    out: options.out,
    last: `All numbers: ${join(options.out, 'results.json')}`,
    json: results,
  });
}
