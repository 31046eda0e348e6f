import type { EncodedLog } from '@limaml/data';

/** Tasks of one batch, whose support sets have at most `size` rows. */
export interface SizedBatch {
  readonly size: number;
  readonly chosen: readonly number[];
}

/** Embeddings `[tasks, D]` of a batch. */
export type BatchRunner = (encoded: EncodedLog, batch: SizedBatch) => Promise<Float32Array>;

/** What came of a batch. */
export interface BatchOutcome {
  readonly chosen: readonly number[];
  /** NaN for tasks that failed. */
  readonly embeddings: Float32Array;
  /** What was thrown, by task. */
  readonly failed: ReadonlyMap<number, unknown>;
}

/**
 * Runs batches; one that the runtime throws at is run again task by task, so that a task that cannot be computed
 * takes no others with it. Where every task of a batch fails, the tasks are not what is wrong.
 *
 * @param dim D, numbers of an embedding
 * @returns a runner that throws only when all tasks of a batch of several fail
 */
export function splittingFailures(
  run: BatchRunner,
  dim: number,
): (encoded: EncodedLog, batch: SizedBatch) => Promise<BatchOutcome> {
  const runAlone = async (
    encoded: EncodedLog,
    { size, chosen }: SizedBatch,
  ): Promise<BatchOutcome> => {
    const embeddings = new Float32Array(chosen.length * dim).fill(NaN);
    const failed = new Map<number, unknown>();
    for (const [row, task] of chosen.entries()) {
      try {
        embeddings.set(await run(encoded, { size, chosen: [task] }), row * dim);
      } catch (error) {
        failed.set(task, error);
      }
    }
    return { chosen, embeddings, failed };
  };
  return async (encoded, batch) => {
    try {
      return { ...batch, embeddings: await run(encoded, batch), failed: new Map() };
    } catch (error) {
      const outcome = await runAlone(encoded, batch);
      if (outcome.failed.size === batch.chosen.length && batch.chosen.length > 1) throw error;
      return outcome;
    }
  };
}
