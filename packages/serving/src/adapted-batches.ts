import {
  createBatchAssembler,
  latestSupport,
  type BatchAssembler,
  type EncodedLog,
  type Episode,
  type TaskIndex,
} from '@limaml/data';
import type { InteractionLog } from '@limaml/plugin';
import { embeddingOf, pickFeeds, splitInputs } from './feeds.js';
import type { EmbeddingBatch } from './embedding-batch.js';
import type { Bundle } from './open-bundle.js';

/** Entities adapted in one run. */
const TASKS_PER_BATCH = 128;

/**
 * Adapts every task of a log to its newest interactions. Tasks with support sets of similar size (up to
 * the same power of two) share a batch, so that little is computed for padding.
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
  for (const [size, episodes] of groupBySize(bundle, tasks)) {
    const assembler = createAssembler(bundle, encoded, size);
    for (let start = 0; start < episodes.length; start += TASKS_PER_BATCH) {
      const batch = episodes.slice(start, start + TASKS_PER_BATCH);
      const { feeds } = assembler.assemble(batch);
      const vectors = await embeddingOf(bundle.adapt, pickFeeds(bundle.adapt, feeds), batch.length);
      yield { ids: batch.map(({ task }) => tasks.taskIds[task]!), vectors };
    }
  }
}

/** Episodes by the power of two that holds their support set. */
function groupBySize({ manifest }: Bundle, tasks: TaskIndex): ReadonlyMap<number, Episode[]> {
  const { maxSize, window } = manifest.support;
  const limits = { maxSupport: maxSize, ...(window === undefined ? {} : { window }) };
  const groups = new Map<number, Episode[]>();
  for (const episode of latestSupport(tasks, tasks.taskIds.keys(), limits)) {
    const rows = episode.supportEnd - episode.supportStart;
    const size = Math.min(maxSize, 2 ** Math.ceil(Math.log2(Math.max(1, rows))));
    const group = groups.get(size);
    if (group) group.push(episode);
    else groups.set(size, [episode]);
  }
  return groups;
}

function createAssembler({ adapt }: Bundle, encoded: EncodedLog, support: number): BatchAssembler {
  const inputs = splitInputs(adapt.inputs);
  // The tables are inside the model, whole: features carry ids, no vocabulary is renumbered.
  return createBatchAssembler(encoded, {
    tasks: TASKS_PER_BATCH,
    support,
    query: 0,
    inputs,
    vocabularies: [],
  });
}
