import {
  createBatchAssembler,
  halfCut,
  loadEncoders,
  type Batch,
  type Episode,
} from '@limaml/data';
import type { Executable } from '@limaml/graph';
import type { BundleSource } from './bundle-source.js';
import { embeddingOf, splitInputs } from './feeds.js';
import type { WholeLog } from './log-blocks.js';
import type { QuantisationLoss } from './manifest.js';
import type { ModelRuntime } from './open-bundle.js';

/** What the loss of quality is measured with. */
export interface QuantisationCheck extends WholeLog {
  readonly runtime: ModelRuntime;
}

/** The models that are compared, as ONNX. */
export interface ComparedModels {
  readonly adapt: Uint8Array;
  readonly float32: Uint8Array;
  readonly int8: Uint8Array;
}

const TASKS_PER_BATCH = 32;
const QUERY_ROWS = 40;
/** So many tasks tell the loss well enough, and take seconds. */
const MOST_TASKS = 512;

/**
 * Scores the second half of each task's interactions from what was adapted to the first, with the model and with
 * the quantised one.
 *
 * @returns undefined where no task has interactions in both halves
 */
export async function measureLoss(
  source: BundleSource,
  models: ComparedModels,
  check: QuantisationCheck,
): Promise<QuantisationLoss | undefined> {
  const limits = { maxSupport: source.support.maxSize, maxQuery: QUERY_ROWS };
  const all = check.tasks.taskIds.keys();
  const episodes = halfCut(check.tasks, all, limits).slice(0, MOST_TASKS);
  if (episodes.length === 0) return undefined;
  const loaded: Executable[] = [];
  try {
    for (const [name, bytes] of Object.entries(models) as [string, Uint8Array][])
      loaded.push(await check.runtime.load(bytes, { name }));
    return summarise(await scoreAll(source, check, episodes, loaded));
  } finally {
    await Promise.all(loaded.map((model) => model.dispose()));
  }
}

/** Labels, and logits of both models, of all rows. */
interface ScoredRows {
  readonly labels: number[];
  readonly float32: number[];
  readonly int8: number[];
}

async function scoreAll(
  source: BundleSource,
  { log, tasks }: QuantisationCheck,
  episodes: readonly Episode[],
  loaded: readonly Executable[],
): Promise<ScoredRows> {
  const [adapt, float32, int8] = loaded as [Executable, Executable, Executable];
  const encoded = loadEncoders(source.encoders).encode(log, tasks);
  const inputs = { ...splitInputs(adapt.inputs), rows: source.model.inputs.rows };
  const sizes = { tasks: TASKS_PER_BATCH, support: source.support.maxSize, query: QUERY_ROWS };
  const assembler = createBatchAssembler(encoded, { ...sizes, inputs, vocabularies: [] });
  const rows: ScoredRows = { labels: [], float32: [], int8: [] };
  for (let start = 0; start < episodes.length; start += TASKS_PER_BATCH) {
    const { feeds } = assembler.assemble(episodes.slice(start, start + TASKS_PER_BATCH));
    const embedding = await embeddingOf(adapt, feedsOf(adapt, feeds), TASKS_PER_BATCH);
    const scored = { ...queryFeeds(feeds), ...embeddingFeed(embedding) };
    const [before, after] = [await logitsOf(float32, scored), await logitsOf(int8, scored)];
    feeds['query/mask']!.data.forEach((isRow, at) => {
      if (!isRow) return;
      rows.labels.push(feeds['query/label']!.data[at]!);
      rows.float32.push(before[at]!);
      rows.int8.push(after[at]!);
    });
  }
  return rows;
}

function queryFeeds(feeds: Batch['feeds']): Batch['feeds'] {
  const rows = Object.entries(feeds).filter(([name]) => name.startsWith('query/row.'));
  return Object.fromEntries(rows.map(([name, feed]) => [name.slice('query/'.length), feed]));
}

function embeddingFeed(data: Float32Array): Batch['feeds'] {
  const shape = [TASKS_PER_BATCH, data.length / TASKS_PER_BATCH];
  return { embedding: { dtype: 'float32', shape, data } };
}

function feedsOf(model: Executable, feeds: Batch['feeds']): Batch['feeds'] {
  return Object.fromEntries(Object.keys(model.inputs).map((name) => [name, feeds[name]!]));
}

async function logitsOf(model: Executable, feeds: Batch['feeds']): Promise<Float32Array> {
  const { logits } = await model.run(feedsOf(model, feeds));
  return (logits!.data as Float32Array).slice();
}

function summarise({ labels, float32, int8 }: ScoredRows): QuantisationLoss {
  const apart = float32.map((logit, row) => Math.abs(logit - int8[row]!));
  const auc = { float32: aucOf(labels, float32), int8: aucOf(labels, int8) };
  return {
    rows: labels.length,
    logitDifference: {
      mean: apart.reduce((sum, difference) => sum + difference, 0) / apart.length,
      max: apart.reduce((most, difference) => Math.max(most, difference), 0),
    },
    ...(Number.isNaN(auc.float32) ? {} : { auc }),
  };
}

/** Area under the ROC curve: rows of one score count half. NaN where all labels are alike. */
function aucOf(labels: readonly number[], scores: readonly number[]): number {
  const order = [...labels.keys()].sort((left, right) => scores[left]! - scores[right]!);
  let [negatives, tied, wins] = [0, { positives: 0, negatives: 0 }, 0];
  const settle = (): void => {
    wins += tied.positives * (negatives + tied.negatives / 2);
    negatives += tied.negatives;
    tied = { positives: 0, negatives: 0 };
  };
  order.forEach((row, at) => {
    if (at > 0 && scores[row] !== scores[order[at - 1]!]) settle();
    tied[labels[row]! > 0.5 ? 'positives' : 'negatives']++;
  });
  settle();
  return wins / (negatives * (labels.length - negatives));
}
