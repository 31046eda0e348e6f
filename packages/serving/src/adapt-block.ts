import {
  createBatchAssembler,
  latestSupport,
  mapAhead,
  type BatchAssembler,
  type EncodedLog,
  type EpisodeLimits,
} from '@limaml/data';
import type { Executable } from '@limaml/graph';
import { embeddingOf, pickFeeds, splitInputs } from './feeds.js';
import { splittingFailures, type BatchRunner, type SizedBatch } from './split-batch.js';
import type { TaskBlock } from './log-blocks.js';
import type { Bundle } from './open-bundle.js';

/**
 * Support rows of a batch, about: what a run computes on so many stays in the caches of a core, and on
 * few the runtime's work for each operator would take most of the time.
 */
const ROWS_PER_BATCH = 1024;
const TASKS_PER_BATCH = { fewest: 8, least: 32, most: 128 };
/** Sizes of support sets that are told apart, at most. */
const SIZES = 64;

/** Adapts blocks of tasks, one after another. */
export interface BlockAdapter {
  /**
   * @param sizes sizes of the support sets, by {@link supportSizes}
   * @param chosen whether to adapt a task of the block, by its row
   * @param onBatch told how many tasks a batch had
   */
  adapt(
    block: TaskBlock,
    sizes: Int32Array,
    chosen: (row: number) => boolean,
    onBatch: (tasks: number) => void,
  ): Promise<AdaptedBlock>;
}

/** What came of a block. */
export interface AdaptedBlock {
  /** Embeddings `[tasks of the block, D]`; rows of tasks that were not chosen are zero. */
  readonly vectors: Float32Array;
  /** What the runtime threw at single tasks, by row; their embeddings are NaN. */
  readonly failures: ReadonlyMap<number, unknown>;
}

/** Rows of the support set of each task of a block; one without any gets the prior embedding. */
export function supportSizes(bundle: Bundle, { encoded, start, end }: TaskBlock): Int32Array {
  const tasks = Array.from({ length: end - start }, (_, row) => start + row);
  const episodes = latestSupport(encoded.tasks, tasks, limitsOf(bundle));
  return Int32Array.from(episodes, (episode) => episode.supportEnd - episode.supportStart);
}

/**
 * Makes what adapts every task of a block to its newest interactions. Tasks with equally large support sets
 * share a batch, so that nothing is computed for padding; the rows of a batch do not change each other's
 * results. Where the models run in worker threads, more batches are assembled meanwhile.
 *
 * The statistics of a candidate are those of the bundle, over all training rows, a training member's own
 * labels among them. In training they are cross-fitted, without those labels; at generation that could
 * not be repeated, since a refresh from events knows the bundle's candidate table only, and both must give
 * one embedding. A label moves the rate of its candidate by at most 1 / (n + a) of the way.
 */
export function createBlockAdapter(bundle: Bundle): BlockAdapter {
  const { dim } = bundle.manifest.embedding;
  const ahead = 2 * (bundle.workers ?? 0) + 1;
  const run = splittingFailures(createBatchRunner(bundle), dim);
  return {
    async adapt({ encoded, start, end }, sizes, isChosen, onBatch) {
      const groups = groupBySize(limitsOf(bundle).maxSupport, sizes, start, isChosen);
      const vectors = new Float32Array((end - start) * dim);
      const failures = new Map<number, unknown>();
      const batches = mapAhead(batchesOf(groups), ahead, (batch) => run(encoded, batch));
      for await (const { chosen, embeddings, failed } of batches) {
        chosen.forEach((task, row) => {
          vectors.set(embeddings.subarray(row * dim, (row + 1) * dim), (task - start) * dim);
        });
        for (const [task, error] of failed) failures.set(task - start, error);
        onBatch(chosen.length);
      }
      return { vectors, failures };
    },
  };
}

function* batchesOf(groups: ReadonlyMap<number, readonly number[]>): Generator<SizedBatch> {
  for (const [size, group] of groups) {
    const tasks = tasksPerBatch(size);
    for (let start = 0; start < group.length; start += tasks)
      yield { size, chosen: group.slice(start, start + tasks) };
  }
}

function tasksPerBatch(size: number): number {
  const { least, most } = TASKS_PER_BATCH;
  return Math.max(least, Math.min(most, powerOfTwo(ROWS_PER_BATCH / Math.max(1, size))));
}

/** The power of two that holds a number. */
function powerOfTwo(count: number): number {
  return 2 ** Math.ceil(Math.log2(count));
}

/** Tasks by the size of their support set: 0, which has no support at all, and up. */
function groupBySize(
  greatest: number,
  sizes: Int32Array,
  start: number,
  isChosen: (row: number) => boolean,
): ReadonlyMap<number, number[]> {
  const step = Math.ceil(greatest / SIZES);
  const groups = new Map<number, number[]>();
  sizes.forEach((rows, row) => {
    if (!isChosen(row)) return;
    const size = Math.min(greatest, step * Math.ceil(rows / step));
    const group = groups.get(size);
    if (group) group.push(start + row);
    else groups.set(size, [start + row]);
  });
  return groups;
}

type SupportLimits = Pick<EpisodeLimits, 'maxSupport' | 'window'>;

function limitsOf({ manifest }: Bundle): SupportLimits {
  const { maxSize, window } = manifest.support;
  return { maxSupport: maxSize, ...(window === undefined ? {} : { window }) };
}

/** Runs batches. Buffers are used again by later batches of the same size, of later blocks too. */
function createBatchRunner(bundle: Bundle): BatchRunner {
  const limits = limitsOf(bundle);
  const free = new Map<string, BatchAssembler[]>();
  return async (encoded, { size, chosen }) => {
    const model = size === 0 ? bundle.prior : bundle.adapt;
    const tasks = Math.max(TASKS_PER_BATCH.fewest, powerOfTwo(chosen.length));
    const assemblers = free.get(`${size}/${tasks}`) ?? [];
    free.set(`${size}/${tasks}`, assemblers);
    const assembler = assemblers.pop() ?? createAssembler(bundle, model, encoded, tasks, size);
    const episodes = latestSupport(encoded.tasks, chosen, limits);
    const { feeds } = assembler.assemble(episodes, encoded);
    const embeddings = await embeddingOf(model, pickFeeds(model, feeds), chosen.length);
    assemblers.push(assembler);
    return embeddings;
  };
}

function createAssembler(
  { workers }: Bundle,
  model: Executable,
  encoded: EncodedLog,
  tasks: number,
  support: number,
): BatchAssembler {
  const inputs = splitInputs(model.inputs);
  // The tables are inside the model, whole: features carry ids, no vocabulary is renumbered.
  return createBatchAssembler(encoded, {
    ...{ tasks, support, query: 0, inputs, vocabularies: [] },
    shared: workers !== undefined,
  });
}
