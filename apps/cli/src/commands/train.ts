import { runFolder, type ExperimentSpec } from '@limaml/experiment';
import { Command } from 'commander';
import { runs, type CommandContext, type CommandResult } from '../command.js';
import { optionInvalid } from '../errors.js';
import { loadSpec } from '../experiment-spec.js';
import type { CliIo } from '../io.js';
import { namedPath, wholeNumber } from '../options.js';
import { reportResults } from '../results-report.js';
import { PROVIDER_HELP } from '../provider.js';
import { runSpec, type RunSpecOptions } from '../run-spec.js';

interface TrainOptions extends RunSpecOptions {
  readonly model?: string;
  readonly seed?: number;
  readonly variant?: string;
}

const EXAMPLES = `
Examples:
  $ limaml train examples/experiments/quickstart.ts --data marketplace=data/marketplace --out runs/one
  $ limaml train examples/experiments/ml-1m-t.ts --model LiMAML --seed 2 --data ml-1m=data/ml-1m --out runs/two

The run folder is OUT/runs/<model>/seed-<n>; "limaml export OUT" takes it from there.`;

export function addTrain(program: Command, io: CliIo): Command {
  const command = program
    .command('train <spec>')
    .description('Train one model of a spec with one seed, and evaluate it on the test tasks.')
    .requiredOption('--out <folder>', 'folder for the run')
    .option('--model <name>', 'model of the spec (default: its first)')
    .option(
      '--seed <n>',
      'seed of split, weights and episodes (default: the first of the spec)',
      wholeNumber(0),
    )
    .option('--variant <name>', 'variant of the spec (default: the spec as it is)')
    .option('--data <name=path>', 'where a dataset is; may be repeated', namedPath)
    .option(
      '--workers <n>',
      'worker threads that share the tasks of a batch (default: as the spec says)',
      wholeNumber(1),
    )
    .option('--provider <name>', PROVIDER_HELP)
    .option('--no-compile-cache', 'keep no compiled programs in the folder')
    .option('--resume', 'go on from the checkpoint in the folder')
    .option('--overwrite', 'start again, replacing what is in the folder')
    .addHelpText('after', EXAMPLES);
  return runs<TrainOptions>(command, io, train);
}

async function train(
  context: CommandContext,
  options: TrainOptions,
  [file]: readonly string[],
): Promise<CommandResult> {
  const path = context.path(file!);
  const spec = chooseModel(await loadSpec(path, options.variant), options);
  const results = await runSpec(context, path, spec, options);
  const folder = runFolder(options.out, spec.models[0]!.name, spec.seeds[0]!);
  return reportResults(context, results, {
    out: options.out,
    last: `Run: ${folder}`,
    json: { run: context.path(folder), results },
  });
}

/** The spec with one model, one seed and no baselines. */
function chooseModel(spec: ExperimentSpec, { model, seed }: TrainOptions): ExperimentSpec {
  const names = spec.models.map(({ name }) => name);
  const entry = spec.models.find(({ name }) => name === (model ?? names[0]));
  if (entry === undefined)
    throw optionInvalid('--model', model ?? 'nothing', `one of ${names.join(', ') || 'no models'}`);
  return { ...spec, models: [entry], baselines: [], seeds: [seed ?? spec.seeds[0]!] };
}
