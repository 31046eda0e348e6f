import {
  createBatchAssembler,
  latestSupport,
  mapAhead,
  type BatchAssembler,
  type EncodedLog,
  type EpisodeLimits,
  type TaskIndex,
} from '@limaml/data';
import type { InteractionLog } from '@limaml/plugin';
import { embeddingOf, pickFeeds, splitInputs } from './feeds.js';
import type { EmbeddingBatch } from './embedding-batch.js';
import type { Bundle } from './open-bundle.js';

/** Entities adapted in one run. */
const TASKS_PER_BATCH = 32;

/**
 * Adapts every task of a log to its newest interactions. Tasks with support sets of similar size (up to
 * the same power of two) share a batch, so that little is computed for padding. Where the models run in
 * worker threads, each thread has a batch and one more is assembled meanwhile.
 *
 * The statistics of a candidate are those of the bundle, over all training rows, a training member's own
 * labels among them. In training they are cross-fitted, without those labels; at generation that could
 * not be repeated, since a refresh from events knows the bundle's candidate table only, and both must give
 * one embedding. A label moves the rate of its candidate by at most 1 / (n + a) of the way.
 */
export async function* adaptedBatches(
  bundle: Bundle,
  log: InteractionLog,
  tasks: TaskIndex,
): AsyncIterable<EmbeddingBatch> {
  const encoded = bundle.encoders.encode(log, tasks);
  const ahead = bundle.workers === undefined ? 1 : bundle.workers + 1;
  const assemblers = new Map<string, BatchAssembler>();
  yield* mapAhead(batchesOf(bundle, tasks), ahead, async ({ size, chosen }, slot) => {
    const key = `${slot}/${size}`;
    const assembler = assemblers.get(key) ?? createAssembler(bundle, encoded, size);
    assemblers.set(key, assembler);
    const { feeds } = assembler.assemble(latestSupport(tasks, chosen, limitsOf(bundle)));
    const picked = pickFeeds(bundle.adapt, feeds);
    const vectors = await embeddingOf(bundle.adapt, picked, chosen.length);
    return { ids: chosen.map((task) => tasks.taskIds[task]!), vectors };
  });
}

/** Tasks of one batch, whose support sets have at most `size` rows. */
interface SizedBatch {
  readonly size: number;
  readonly chosen: readonly number[];
}

function* batchesOf(bundle: Bundle, tasks: TaskIndex): Generator<SizedBatch> {
  for (const [size, chosen] of groupBySize(bundle, tasks)) {
    for (let start = 0; start < chosen.length; start += TASKS_PER_BATCH)
      yield { size, chosen: chosen.slice(start, start + TASKS_PER_BATCH) };
  }
}

/** Tasks by the power of two that holds their support set. */
function groupBySize(bundle: Bundle, tasks: TaskIndex): ReadonlyMap<number, number[]> {
  const limits = limitsOf(bundle);
  const groups = new Map<number, number[]>();
  for (const task of tasks.taskIds.keys()) {
    const [episode] = latestSupport(tasks, [task], limits);
    const rows = episode!.supportEnd - episode!.supportStart;
    const size = Math.min(limits.maxSupport, 2 ** Math.ceil(Math.log2(Math.max(1, rows))));
    const group = groups.get(size);
    if (group) group.push(task);
    else groups.set(size, [task]);
  }
  return groups;
}

function limitsOf({ manifest }: Bundle): Pick<EpisodeLimits, 'maxSupport' | 'window'> {
  const { maxSize, window } = manifest.support;
  return { maxSupport: maxSize, ...(window === undefined ? {} : { window }) };
}

function createAssembler(
  { adapt, workers }: Bundle,
  encoded: EncodedLog,
  support: number,
): BatchAssembler {
  const inputs = splitInputs(adapt.inputs);
  // The tables are inside the model, whole: features carry ids, no vocabulary is renumbered.
  return createBatchAssembler(encoded, {
    tasks: TASKS_PER_BATCH,
    support,
    query: 0,
    inputs,
    vocabularies: [],
    shared: workers !== undefined,
  });
}
