import { evaluateProgram, type Algorithm, type Model, type ParameterValues } from '@limaml/core';
import type { EncodedLog, Episode } from '@limaml/data';
import type { Executor } from '@limaml/graph';
import type { Predictions } from '@limaml/plugin';
import { queryOffsets } from '../baselines/baseline.js';
import { predictionNonFinite } from '../errors.js';
import { createBatchFeeder, type BatchSizes } from '../training/batch-feeds.js';
import { createProgramRunner } from '../training/program-runner.js';

/** Adapts a model to episodes and predicts their query rows. */
export interface Predictor {
  /**
   * @param values parameters and whole tables by program input name
   * @returns logits of the query rows of each episode, as one task each
   * @throws LIMAML_ERR_EXPERIMENT_PREDICTION_NON_FINITE
   */
  predict(episodes: readonly Episode[], values: ParameterValues): Promise<Predictions>;
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

export function createPredictor(setup: PredictorSetup): Predictor {
  const { model, algorithm, executor, encoded, sizes, seed } = setup;
  const name = `evaluate ${model.name}`;
  const runner = createProgramRunner(executor, evaluateProgram(model, algorithm), name);
  const feeder = createBatchFeeder(model, encoded, sizes);
  return {
    async predict(episodes, values) {
      const offsets = queryOffsets(episodes);
      const score = new Float32Array(offsets[episodes.length]!);
      for (let first = 0; first < episodes.length; first += sizes.tasks) {
        const part = episodes.slice(first, first + sizes.tasks);
        const { logits } = await runner.run(feeder.feed(part, values).feeds);
        part.forEach((_, slot) => {
          const [start, end] = [offsets[first + slot]!, offsets[first + slot + 1]!];
          const from = slot * sizes.query;
          score.set((logits!.data as Float32Array).subarray(from, from + end - start), start);
        });
      }
      if (!score.every(Number.isFinite)) throw predictionNonFinite(model.name);
      return {
        tasks: episodes.length,
        offsets,
        score,
        label: queryLabels(encoded, episodes),
        seed,
      };
    },
    dispose: () => runner.dispose(),
  };
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
