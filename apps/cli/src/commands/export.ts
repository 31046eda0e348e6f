import { createOrtExecutor } from '@limaml/backend-ort';
import { loadExperimentData, openRun, type ExperimentData } from '@limaml/experiment';
import type { EmbeddingDtype } from '@limaml/plugin';
import {
  collectCandidates,
  exportBundle,
  type BundleManifest,
  type BundleSource,
  type ExportOptions as BundleOptions,
} from '@limaml/serving';
import { Command } from 'commander';
import { runs, type CommandContext, type CommandResult } from '../command.js';
import { describeLoss } from '../bundle-text.js';
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
  readonly embeddingDtype: EmbeddingDtype;
  readonly quantiseScore?: true;
  readonly overwrite?: true;
}

const EXAMPLES = `
Examples:
  $ limaml export runs/quickstart --out bundles/quickstart
  $ limaml export runs/ml-1m-t --model LiMAML --seed 2 --out bundles/ml-1m
  $ limaml export runs/ml-1m-t/runs/limaml/seed-2 --data ml-1m=data/ml-1m --out bundles/ml-1m
  $ limaml export runs/quickstart --out bundles/small --embedding-dtype int8 --quantise-score

RUN is a run folder, or the output folder of "experiment" or "train". The data is read again for the
candidates that the bundle can score by id; where it lies is remembered from training. --embedding-dtype says how
generation keeps the embeddings in a store; scores are computed in float32 all the same. --quantise-score makes
the products of score.onnx of 8 bits, and measures on the data what that costs in quality (of a model of several
entity types it does not).`;

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
    .addOption(
      program
        .createOption('--embedding-dtype <dtype>', 'how a store keeps the embeddings')
        .choices(['float32', 'float16', 'int8'])
        .default('float32'),
    )
    .option('--quantise-score', 'quantise score.onnx to 8 bits, and measure the loss of quality')
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
  const read = await readData(context, found, run.description, options);
  const step = context.progress.step('Exporting the bundle');
  const folder = context.path(options.out);
  const manifest = await exportMeasured(run, folder, read, options);
  const bytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0);
  step.done(`${(bytes / 2 ** 20).toFixed(1)} MiB`);
  return { text: describe(manifest, options), json: { folder, manifest } };
}

async function exportMeasured(
  run: BundleSource,
  folder: string,
  read: ExperimentData,
  { overwrite, embeddingDtype, quantiseScore }: ExportOptions,
): Promise<BundleManifest> {
  const candidates = collectCandidates(read.log, run.schema.entity);
  const options: BundleOptions = {
    ...{ candidates, embeddingDtype },
    overwrite: overwrite ?? false,
  };
  if (!quantiseScore) return exportBundle(run, folder, options);
  // What it costs a joint model could be measured only with embeddings of its other types.
  if (run.joint && Object.keys(run.joint.model.views).length > 1)
    return exportBundle(run, folder, { ...options, quantiseScore: true });
  const runtime = await createOrtExecutor();
  try {
    return await exportBundle(run, folder, { ...options, quantiseScore: { ...read, runtime } });
  } finally {
    await runtime.dispose();
  }
}

function describe(manifest: BundleManifest, { out }: ExportOptions): string {
  const { fingerprint, model, candidates, quantisation } = manifest;
  const title = `Bundle ${fingerprint.slice(0, 12)} of ${model.name} with ${candidates} candidates is in ${out}`;
  return [title, ...describeLoss(quantisation)].join('\n');
}

async function readData(
  { io, paths, progress, registry }: CommandContext,
  found: FoundRun,
  description: { readonly dataset: string; readonly entity: string },
  options: ExportOptions,
): Promise<ExperimentData> {
  const data = options.data ? paths(options.data) : (found.origin?.data ?? {});
  const step = progress.step('Reading the candidates');
  const read = await loadExperimentData(description, registry, {
    data,
    signal: io.signal,
    onProgress: step.update,
  });
  const { entities, candidate } = read.log;
  step.done(`${entities[candidate]!.ids.length} of type ${candidate}`);
  return read;
}
