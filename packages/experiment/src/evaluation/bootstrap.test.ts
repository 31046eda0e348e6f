import { createRandom } from '@limaml/data';
import { defineMetric, type Predictions } from '@limaml/plugin';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { auc, logLoss, metricPlugins } from '../metrics/index.js';
import { bootstrapDifference, holm, resampleMetrics } from './bootstrap.js';

/** Tasks of 8 rows whose score says `signal` of the label. */
function predictionsOf(signal: number, tasks = 200, seed = 1): Predictions {
  const random = createRandom(seed, 3);
  const rows = tasks * 8;
  const label = Float32Array.from({ length: rows }, () => random.int(2));
  const score = label.map((value) => signal * (2 * value - 1) + random.normal());
  const offsets = Int32Array.from({ length: tasks + 1 }, (_, task) => task * 8);
  return { tasks, offsets, score, label, seed };
}

const differenceOf = (first: Predictions, other: Predictions, metric = auc()) =>
  bootstrapDifference(
    [resampleMetrics(first, [metric])[0]!],
    [resampleMetrics(other, [metric])[0]!],
  )!;

describe('the paired bootstrap', () => {
  it('finds a difference that is there, on the right side', () => {
    const { mean, low, high, p } = differenceOf(predictionsOf(1), predictionsOf(0.5));
    expect(low).toBeGreaterThan(0);
    expect(low).toBeLessThan(mean);
    expect(mean).toBeLessThan(high);
    expect(p).toBeLessThan(0.01);
  });

  it('finds none between a model and itself', () => {
    const same = differenceOf(predictionsOf(1), predictionsOf(1));
    expect(same).toEqual({ mean: 0, low: 0, high: 0, p: 1 });
  });

  it('has an interval of about the right width', () => {
    const [first, other] = [predictionsOf(1, 400), predictionsOf(0.9, 400)];
    const { low, high } = differenceOf(first, other, logLoss());
    const perTask = (predictions: Predictions): number[] =>
      Array.from({ length: 400 }, (_, task) => {
        const [start, end] = [task * 8, task * 8 + 8];
        const part = {
          score: predictions.score.slice(start, end),
          label: predictions.label.slice(start, end),
        };
        return logLoss().evaluate({ ...part, tasks: 1, offsets: Int32Array.of(0, 8), seed: 1 })!;
      });
    const others = perTask(other);
    const differences = perTask(first).map((value, task) => value - others[task]!);
    const mean = differences.reduce((sum, value) => sum + value, 0) / 400;
    const variance = differences.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 399;
    const expected = 2 * 1.96 * Math.sqrt(variance / 400);
    expect((high - low) / expected).toBeGreaterThan(0.85);
    expect((high - low) / expected).toBeLessThan(1.15);
  });

  it('gives a metric without weigh the same values', () => {
    const predictions = predictionsOf(0.7, 20);
    const plain = metricPlugins().map((metric) => {
      const { name, better, description } = metric;
      return defineMetric({
        ...{ name, better, description },
        evaluate: (of: Predictions) => metric.evaluate(of),
      });
    });
    const [fast, slow] = [metricPlugins(), plain].map((metrics) =>
      resampleMetrics(predictions, metrics, { resamples: 20 }),
    );
    fast!.forEach((values, metric) => {
      // Ties in random order are drawn anew where rows are gathered; these scores have none.
      values.forEach((value, at) => {
        expect(slow![metric]![at]).toBeCloseTo(value, 8);
      });
    });
  });

  it('is the same each time', () => {
    const [first, other] = [predictionsOf(1), predictionsOf(0.95)];
    expect(differenceOf(first, other)).toEqual(differenceOf(first, other));
  });
});

describe('holm', () => {
  it('never lowers a p-value, keeps their order and stays within 1', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 }),
        (values) => {
          const adjusted = holm(values);
          values.forEach((value, at) => {
            expect(adjusted[at]).toBeGreaterThanOrEqual(value);
            expect(adjusted[at]).toBeLessThanOrEqual(1);
            values.forEach((other, index) => {
              if (value < other) expect(adjusted[at]!).toBeLessThanOrEqual(adjusted[index]!);
            });
          });
        },
      ),
    );
  });

  it('multiplies by how many are left', () => {
    expect(holm([0.01, 0.04, 0.03])).toEqual([0.03, 0.06, 0.06]);
  });
});
