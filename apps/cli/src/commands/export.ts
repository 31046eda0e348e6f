import { loadExperimentData, openRun } from '@limaml/experiment';
import { collectCandidates, exportBundle, type Candidate } from '@limaml/serving';
import { Command } from 'commander';
import { runs, type CommandContext, type CommandResult } from '../command.js';
import type { CliIo } from '../io.js';
import { namedPath, wholeNumber } from '../options.js';
import { findRun, type FoundRun } from '../find-run.js';
import { registerSpecPlugins } from '../spec-plugins.js';

interface ExportOptions {
  readonly out: string;
  readonly model?: string;
  readonly seed?: number;
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: string;
  readonly overwrite?: true;
}

const EXAMPLES = `
Examples:
  $ limaml export runs/quickstart --out bundles/quickstart
  $ limaml export runs/ml-1m-t --model LiMAML --seed 2 --out bundles/ml-1m
  $ limaml export runs/ml-1m-t/runs/limaml/seed-2 --data ml-1m=data/ml-1m --out bundles/ml-1m

RUN is a run folder, or the output folder of "experiment" or "train". The data is read again for the
candidates that the bundle can score by id; where it lies is remembered from training.`;

export function addExport(program: Command, io: CliIo): Command {
  const command = program
    .command('export <run>')
    .description(
      'Export a trained run as a bundle of ONNX models, encoders and candidate features.',
    )
    .requiredOption('--out <folder>', 'folder of the bundle')
    .option('--model <name>', 'model of an experiment folder (default: its first)')
    .option('--seed <n>', 'seed of an experiment folder (default: its first)', wholeNumber(0))
    .option(
      '--data <name=path>',
      'where the dataset is (default: where it was in training)',
      namedPath,
    )
    .option(
      '--spec <file>',
      'experiment spec whose plugins the run needs (default: that of training)',
    )
    .option('--overwrite', 'replace an earlier bundle')
    .addHelpText('after', EXAMPLES);
  return runs<ExportOptions>(command, io, exportRun);
}

async function exportRun(
  context: CommandContext,
  options: ExportOptions,
  [path]: readonly string[],
): Promise<CommandResult> {
  const found = await findRun(context.path(path!), options);
  const spec = options.spec === undefined ? found.origin?.spec : context.path(options.spec);
  await registerSpecPlugins(context.registry, spec);
  const run = await openRun(found.folder, context.registry);
  const candidates = await readCandidates(context, found, run.description, options);
  const step = context.progress.step('Exporting the bundle');
  const manifest = await exportBundle(run, context.path(options.out), {
    candidates,
    overwrite: options.overwrite ?? false,
  });
  const bytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0);
  step.done(`${(bytes / 2 ** 20).toFixed(1)} MiB`);
  return {
    text: `Bundle ${manifest.fingerprint.slice(0, 12)} of ${manifest.model.name} with ${manifest.candidates} candidates is in ${options.out}`,
    json: { folder: context.path(options.out), manifest },
  };
}

async function readCandidates(
  { io, paths, progress, registry }: CommandContext,
  found: FoundRun,
  description: { readonly dataset: string; readonly entity: string },
  options: ExportOptions,
): Promise<Iterable<Candidate>> {
  const data = options.data ? paths(options.data) : (found.origin?.data ?? {});
  const step = progress.step('Reading the candidates');
  const { log } = await loadExperimentData(description, registry, {
    data,
    signal: io.signal,
    onProgress: step.update,
  });
  step.done(`${log.entities[log.candidate]!.ids.length} of type ${log.candidate}`);
  return collectCandidates(log, description.entity);
}
