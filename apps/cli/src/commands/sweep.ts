import { renderText, runSweep, sweepReport } from '@limaml/experiment';
import type { Command } from 'commander';
import { join } from 'node:path';
import { runs, type CommandContext, type CommandResult } from '../command.js';
import { loadSweep } from '../experiment-spec.js';
import { workerSpawner } from '../experiment-workers.js';
import type { CliIo } from '../io.js';
import { namedPath, wholeNumber } from '../options.js';
import { PROVIDER_HELP } from '../provider.js';
import { writeOrigin } from '../run-origin.js';
import { sharedOptions, type RunSpecOptions } from '../run-spec.js';
import { sweepProgress } from '../sweep-progress.js';

const EXAMPLES = `
Examples:
  $ limaml sweep examples/experiments/quickstart-sweep.ts --jobs 2 --out runs/sweep
  $ limaml sweep examples/experiments/quickstart-sweep.ts --jobs 2 --out runs/sweep --resume
  $ limaml export runs/sweep/winner --out bundles/best

SWEEP is a module or a JSON file: an experiment, a model of it, and what each setting is drawn from
("limaml schema sweep" prints its JSON schema). Trials are compared on the validation tasks of the first seed; the test
tasks are scored once, by the best trial. Writes sweep.json, trials.jsonl, and the best trial's experiment in winner/.
Ctrl-C saves checkpoints, and --resume goes on from them.`;

export function addSweep(program: Command, io: CliIo): Command {
  const command = program
    .command('sweep <sweep>')
    .description('Search for the best settings of a model, on validation tasks only.')
    .requiredOption('--out <folder>', 'folder for trials and results')
    .option('--data <name=path>', 'where a dataset is; may be repeated', namedPath)
    .option('--jobs <n>', 'trials at once, each in a process of its own', wholeNumber(1), 1)
    .option('--provider <name>', PROVIDER_HELP)
    .option('--no-compile-cache', 'keep no compiled programs in the folder')
    .option('--resume', 'go on with the sweep in the folder')
    .option('--overwrite', 'start again, replacing the sweep in the folder')
    .addHelpText('after', EXAMPLES);
  return runs<RunSpecOptions>(command, io, sweep);
}

async function sweep(
  context: CommandContext,
  options: RunSpecOptions,
  [file]: readonly string[],
): Promise<CommandResult> {
  const path = context.path(file!);
  const loaded = await loadSweep(path);
  const shared = await sharedOptions(context, loaded.experiment, options);
  const progress = sweepProgress(context.progress);
  const results = await runSweep(loaded, context.registry, {
    ...shared,
    onProgress: progress.tell,
    spawnWorker: workerSpawner(path, context.io.cwd),
  });
  progress.done();
  await writeOrigin(join(shared.out, 'winner'), { spec: path, data: shared.data });
  const text = `${renderText(sweepReport(results))}\nAll numbers: ${join(options.out, 'sweep.json')}`;
  return { text, json: results };
}
