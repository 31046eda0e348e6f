import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MetricPlugin } from '@limaml/plugin';
import { hitRate, mrr, ndcg, precision, recall } from './index.js';
import { predictionsOf, rankedTasks } from './predictions.test-support.js';

const options = { seed: 7, numRuns: 80 };
const anyK = fc.integer({ min: 1, max: 15 });

type Task = readonly (readonly [number, number])[];

/** 1-based ranks of the relevant rows, found by counting better scores. */
function relevantRanks(task: Task): number[] {
  const rank = (score: number): number => task.filter(([other]) => other > score).length + 1;
  return task.filter(([, label]) => label === 1).map(([score]) => rank(score));
}

function meanOf(tasks: readonly Task[], valueOf: (ranks: number[]) => number): number | undefined {
  const values = tasks
    .map(relevantRanks)
    .filter((ranks) => ranks.length > 0)
    .map(valueOf);
  return values.length === 0 ? undefined : values.reduce((a, b) => a + b, 0) / values.length;
}

const within = (ranks: readonly number[], k: number): number =>
  ranks.filter((rank) => rank <= k).length;
const discounts = (ranks: readonly number[]): number =>
  ranks.reduce((sum, rank) => sum + 1 / Math.log2(rank + 1), 0);
const first = (count: number): number[] => Array.from({ length: count }, (_, at) => at + 1);

describe.each<[string, (k: number) => MetricPlugin, (ranks: number[], k: number) => number]>([
  ['recall', (k) => recall({ k }), (ranks, k) => within(ranks, k) / ranks.length],
  ['precision', (k) => precision({ k }), (ranks, k) => within(ranks, k) / k],
  ['hit rate', (k) => hitRate({ k }), (ranks, k) => Number(within(ranks, k) > 0)],
  ['mrr', (k) => mrr({ k }), (ranks, k) => (within(ranks, k) > 0 ? 1 / Math.min(...ranks) : 0)],
  [
    'ndcg',
    (k) => ndcg({ k }),
    (ranks, k) =>
      discounts(ranks.filter((rank) => rank <= k)) / discounts(first(Math.min(k, ranks.length))),
  ],
])('%s', (_, metric, valueOf) => {
  it('is what counting gives, whatever k and the tasks', () => {
    fc.assert(
      fc.property(rankedTasks, anyK, (tasks, k) => {
        const expected = meanOf(tasks, (ranks) => valueOf(ranks, k));
        const got = metric(k).evaluate(predictionsOf(...tasks));
        if (expected === undefined) expect(got).toBeUndefined();
        else expect(got).toBeCloseTo(expected, 10);
      }),
      options,
    );
  });

  it('depends on the order of the scores only', () => {
    fc.assert(
      fc.property(rankedTasks, anyK, (tasks, k) => {
        const moved = tasks.map((task) => task.map(([s, y]) => [2 * s - 7, y] as const));
        expect(metric(k).evaluate(predictionsOf(...moved))).toBe(
          metric(k).evaluate(predictionsOf(...tasks)),
        );
      }),
      options,
    );
  });

  it('gives a constant score what random rankings are worth, by seed', () => {
    const [rows, positives, k] = [6, 2, 3];
    const tied = first(rows).map((row) => [0, Number(row <= positives)] as const);
    const predictions = predictionsOf(...Array.from({ length: 3000 }, () => tied));
    const pairs = first(rows).flatMap((a) => first(a - 1).map((b) => [a, b]));
    const expected = pairs.reduce((sum, pair) => sum + valueOf(pair, k), 0) / pairs.length;
    const value = metric(k).evaluate(predictions)!;
    expect(value).toBeCloseTo(expected, 1);
    expect(Math.abs(value - expected)).toBeLessThan(0.03);
    expect(metric(k).evaluate(predictions)).toBe(value);
    expect(metric(k).evaluate({ ...predictions, seed: 2 })).not.toBe(value);
  });
});

describe('ndcg with linear gain', () => {
  const ratings = predictionsOf([
    [3, 2],
    [2, 5],
    [1, 3],
  ]);

  it('takes ratings for what they are, as MeLU does', () => {
    expect(ndcg({ k: 1, gain: 'linear' }).evaluate(ratings)).toBeCloseTo(2 / 5, 12);
    const gain = 2 + 5 / Math.log2(3) + 3 / 2;
    const best = 5 + 3 / Math.log2(3) + 2 / 2;
    expect(ndcg({ k: 3, gain: 'linear' }).evaluate(ratings)).toBeCloseTo(gain / best, 12);
    expect(ndcg({ k: 1 }).evaluate(ratings)).toBeCloseTo(3 / 31, 12);
  });

  it('is the same as exponential gain for labels 0 and 1', () => {
    fc.assert(
      fc.property(rankedTasks, anyK, (tasks, k) => {
        const predictions = predictionsOf(...tasks);
        expect(ndcg({ k, gain: 'linear' }).evaluate(predictions)).toBe(
          ndcg({ k }).evaluate(predictions),
        );
      }),
      options,
    );
  });

  it('has a name of its own', () => {
    expect(ndcg({ k: 3, gain: 'linear' }).name).toBe('ndcg-linear@3');
  });
});
