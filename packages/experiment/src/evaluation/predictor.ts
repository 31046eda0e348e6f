import { evaluateProgram, type Algorithm, type Model, type ParameterValues } from '@limaml/core';
import { mapAhead, type EncodedLog, type Episode, type TaskIndex } from '@limaml/data';
import type { Executor } from '@limaml/graph';
import type { Predictions } from '@limaml/plugin';
import { queryOffsets } from '../baselines/baseline.js';
import { predictionNonFinite } from '../errors.js';
import { createBatchFeeder, type BatchSizes } from '../training/batch-feeds.js';
import { usesSharedMemory } from '../training/memory.js';
import { createProgramRunner } from '../training/program-runner.js';

/** Adapts a model to episodes and predicts their query rows. */
export interface Predictor {
  /**
   * @param values parameters and whole tables by program input name
   * @param tasks what the episodes' positions refer to. Default: the tasks of the encoded log
   * @returns logits of the query rows of each episode, as one task each
   * @throws LIMAML_ERR_EXPERIMENT_PREDICTION_NON_FINITE
   */
  predict(
    episodes: readonly Episode[],
    values: ParameterValues,
    tasks?: TaskIndex,
  ): Promise<Predictions>;
  dispose(): Promise<void>;
}

/** What a {@link Predictor} is made from. */
export interface PredictorSetup {
  readonly model: Model;
  readonly algorithm: Algorithm;
  readonly executor: Executor;
  readonly encoded: EncodedLog;
  readonly sizes: BatchSizes;
  /** Seed of the metrics that break ties at random. */
  readonly seed: number;
}

/**
 * Makes a predictor. It compiles the evaluation program once for each batch shape, and keeps its buffers
 * until it is disposed of.
 */
export function createPredictor(setup: PredictorSetup): Predictor {
  const { model, algorithm, executor, encoded, sizes, seed } = setup;
  const name = `evaluate ${model.name}`;
  const runner = createProgramRunner(executor, evaluateProgram(model, algorithm), name);
  // While threads compute some batches, the next one is assembled.
  const ahead = executor.workers === undefined ? 1 : executor.workers + 1;
  const shared = usesSharedMemory(executor);
  const feeders = Array.from({ length: ahead }, () =>
    createBatchFeeder(model, encoded, sizes, shared),
  );
  return {
    async predict(episodes, values, tasks = encoded.tasks) {
      const read = { ...encoded, tasks };
      const offsets = queryOffsets(episodes);
      const score = new Float32Array(offsets[episodes.length]!);
      const batches = mapAhead(firsts(episodes.length, sizes.tasks), ahead, async (first, slot) => {
        const feeder = feeders[slot]!;
        const batch = feeder.assemble(episodes.slice(first, first + sizes.tasks), read);
        const rows = feeder.gatherRows(batch, values);
        const { logits } = await runner.run({ ...values, ...rows, ...batch.feeds });
        return { first, logits: logits!.data as Float32Array };
      });
      for await (const batch of batches) placeQueryRows(score, offsets, batch, sizes);
      if (!score.every(Number.isFinite)) throw predictionNonFinite(model.name);
      const label = queryLabels(read, episodes);
      return { tasks: episodes.length, offsets, score, label, seed };
    },
    dispose: () => runner.dispose(),
  };
}

/** Puts the logits of a batch, `[tasks, Q]` from task `first` on, where the query rows of its tasks belong. */
function placeQueryRows(
  score: Float32Array,
  offsets: Int32Array,
  { first, logits }: { readonly first: number; readonly logits: Float32Array },
  { tasks, query }: BatchSizes,
): void {
  const last = Math.min(first + tasks, offsets.length - 1);
  for (let task = first; task < last; task++) {
    const [start, end] = [offsets[task]!, offsets[task + 1]!];
    const from = (task - first) * query;
    score.set(logits.subarray(from, from + end - start), start);
  }
}

/** 0, step, 2·step… below `count`. */
function* firsts(count: number, step: number): Generator<number> {
  for (let first = 0; first < count; first += step) yield first;
}

/** Labels of the query rows of all episodes, one after the other. */
export function queryLabels(
  { label, tasks }: Pick<EncodedLog, 'label' | 'tasks'>,
  episodes: readonly Episode[],
): Float32Array {
  const offsets = queryOffsets(episodes);
  const labels = new Float32Array(offsets[episodes.length]!);
  episodes.forEach(({ queryStart, queryEnd }, index) => {
    for (let at = queryStart; at < queryEnd; at++) {
      labels[offsets[index]! + at - queryStart] = label[tasks.rows[at]!]!;
    }
  });
  return labels;
}
