import { renderResults, runExperiment } from '@limaml/experiment';
import { Command } from 'commander';
import { join } from 'node:path';
import { runs, type CommandContext, type CommandResult } from '../command.js';
import { experimentProgress } from '../experiment-progress.js';
import { chooseSeeds, loadSpec } from '../experiment-spec.js';
import { workerSpawner } from '../experiment-workers.js';
import type { CliIo } from '../io.js';
import { namedPath, wholeNumber } from '../options.js';
import { writeOrigin } from '../run-origin.js';

interface ExperimentOptions {
  readonly data?: Readonly<Record<string, string>>;
  readonly seeds?: number;
  readonly out: string;
  readonly jobs: number;
  readonly resume?: true;
  readonly overwrite?: true;
}

const EXAMPLES = `
Examples:
  $ limaml experiment examples/experiments/quickstart.ts --data marketplace=data/marketplace --out runs/quickstart
  $ limaml experiment examples/experiments/ml-1m-t.ts --data ml-1m=data/ml-1m --seeds 3 --jobs 2 --out runs/ml-1m-t
  $ limaml experiment examples/experiments/ml-1m-t.ts --data ml-1m=data/ml-1m --out runs/ml-1m-t --resume

Writes results.json, spec.json and a folder per model and seed. Ctrl-C saves checkpoints; --resume goes on
from them and gives the numbers of an uninterrupted run.`;

export function addExperiment(program: Command, io: CliIo): Command {
  const command = program
    .command('experiment <spec>')
    .description('Train and evaluate every model and baseline of a spec with several seeds.')
    .requiredOption('--out <folder>', 'folder for results and runs')
    .option('--data <name=path>', 'where a dataset is; may be repeated', namedPath)
    .option('--seeds <n>', 'number of seeds (default: those of the spec)', wholeNumber(1))
    .option('--jobs <n>', 'runs at once, each in a process of its own', wholeNumber(1), 1)
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
  const spec = chooseSeeds(await loadSpec(path), options.seeds);
  const out = context.path(options.out);
  const data = context.paths(options.data);
  const progress = experimentProgress(context.progress);
  const results = await runExperiment(spec, context.registry, {
    out,
    data,
    jobs: options.jobs,
    spawnWorker: workerSpawner(path, spec.seeds, context.io.cwd),
    existing: options.resume ? 'resume' : options.overwrite ? 'overwrite' : 'refuse',
    signal: context.io.signal,
    onProgress: progress.tell,
  });
  progress.done();
  await writeOrigin(out, { spec: path, data });
  return {
    text: `${renderResults(results)}\nAll numbers: ${join(options.out, 'results.json')}`,
    json: results,
  };
}
