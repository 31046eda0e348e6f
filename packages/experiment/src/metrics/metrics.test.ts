import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Predictions } from '@limaml/plugin';
import { auc, ece, gauc, logLoss, mae, ndcg, rmse, metricPlugins } from './index.js';
import { predictionsOf as predictions, tiedRows as rows } from './predictions.test-support.js';

const options = { seed: 7, numRuns: 60 };

function pairwiseAuc({ score, label }: Predictions): number | undefined {
  let [wins, pairs] = [0, 0];
  for (let i = 0; i < score.length; i++) {
    for (let j = 0; j < score.length; j++) {
      if (label[i] !== 1 || label[j] !== 0) continue;
      pairs++;
      wins += score[i]! > score[j]! ? 1 : score[i] === score[j] ? 0.5 : 0;
    }
  }
  return pairs === 0 ? undefined : wins / pairs;
}

describe('auc', () => {
  it('is the share of pairs in the right order, ties one half', () => {
    fc.assert(
      fc.property(rows, (task) => {
        const p = predictions(task);
        expect(auc().evaluate(p)).toEqual(pairwiseAuc(p));
      }),
      options,
    );
  });

  it('does not change under an increasing map and flips under negation', () => {
    fc.assert(
      fc.property(rows, (task) => {
        const value = auc().evaluate(predictions(task));
        const mapped = task.map(([s, y]) => [Math.exp(s), y] as const);
        const negated = task.map(([s, y]) => [-s, y] as const);
        expect(auc().evaluate(predictions(mapped))).toBe(value);
        if (value !== undefined)
          expect(auc().evaluate(predictions(negated))).toBeCloseTo(1 - value, 12);
      }),
      options,
    );
  });

  it('does not exist for one class', () => {
    expect(
      auc().evaluate(
        predictions([
          [1, 1],
          [2, 1],
        ]),
      ),
    ).toBeUndefined();
    expect(
      gauc().evaluate(
        predictions([
          [1, 1],
          [2, 1],
        ]),
      ),
    ).toBeUndefined();
  });

  it('sorts a million rows in well under a few seconds', () => {
    const n = 1_000_000;
    const score = Float32Array.from({ length: n }, (_, i) => Math.sin(i));
    const label = Float32Array.from({ length: n }, (_, i) => i & 1);
    const offsets = Int32Array.of(0, n);
    expect(auc().evaluate({ tasks: 1, offsets, score, label, seed: 0 })).toBeCloseTo(0.5, 2);
  });
});

describe('gauc', () => {
  it('weighs tasks by rows and leaves out those with one class', () => {
    const perfect = [
      [2, 1],
      [1, 0],
    ] as const;
    const worst = [
      [1, 1],
      [2, 0],
      [3, 0],
      [4, 0],
    ] as const;
    const oneClass = [
      [1, 1],
      [9, 1],
    ] as const;
    expect(gauc().evaluate(predictions(perfect, worst, oneClass))).toBeCloseTo(2 / 6, 12);
  });

  it('does not see effects that are constant within a task', () => {
    fc.assert(
      fc.property(fc.array(rows, { minLength: 1, maxLength: 4 }), (tasks) => {
        const shifted = tasks.map((task, t) => task.map(([s, y]) => [s + 100 * t, y] as const));
        expect(gauc().evaluate(predictions(...shifted))).toEqual(
          gauc().evaluate(predictions(...tasks)),
        );
      }),
      options,
    );
  });
});

describe('logLoss and ece', () => {
  it('are log 2 and |½ − rate| for logit 0', () => {
    const p = predictions([
      [0, 1],
      [0, 0],
      [0, 0],
      [0, 0],
    ]);
    expect(logLoss().evaluate(p)).toBeCloseTo(Math.log(2), 12);
    expect(ece().evaluate(p)).toBeCloseTo(0.25, 12);
  });

  it('stay finite for huge logits', () => {
    const p = predictions([
      [200, 0],
      [-200, 1],
    ]);
    expect(logLoss().evaluate(p)).toBeCloseTo(200, 6);
    expect(ece().evaluate(p)).toBeCloseTo(1, 6);
  });

  it('ece is 0 when each bin is right on average', () => {
    const logit = Math.log(0.75 / 0.25);
    expect(
      ece().evaluate(
        predictions([
          [logit, 1],
          [logit, 1],
          [logit, 1],
          [logit, 0],
        ]),
      ),
    ).toBeCloseTo(0, 7);
  });
});

describe('mae and rmse', () => {
  it('have their closed form', () => {
    const p = predictions([
      [3, 4],
      [5, 2],
    ]);
    expect(mae().evaluate(p)).toBe(2);
    expect(rmse().evaluate(p)).toBeCloseTo(Math.sqrt(5), 12);
  });
});

describe('ndcg', () => {
  it('is 1 for the best order and has its closed form otherwise', () => {
    expect(
      ndcg({ k: 3 }).evaluate(
        predictions([
          [3, 1],
          [2, 1],
          [1, 0],
        ]),
      ),
    ).toBe(1);
    const value = ndcg({ k: 3 }).evaluate(
      predictions([
        [3, 0],
        [2, 2],
        [1, 1],
      ]),
    )!;
    const gain = 3 / Math.log2(3) + 1 / 2;
    expect(value).toBeCloseTo(gain / (3 + 1 / Math.log2(3)), 12);
  });

  it('breaks ties at random, by seed', () => {
    const tied = [[0, 1], ...Array.from({ length: 9 }, () => [0, 0] as const)] as [
      number,
      number,
    ][];
    const tasks = Array.from({ length: 4000 }, () => tied);
    const expected =
      Array.from({ length: 10 }, (_, r) => 1 / Math.log2(r + 2)).reduce((a, b) => a + b) / 10;
    const first = ndcg().evaluate(predictions(...tasks))!;
    expect(first).toBeCloseTo(expected, 1);
    expect(ndcg().evaluate(predictions(...tasks))).toBe(first);
    expect(ndcg().evaluate({ ...predictions(...tasks), seed: 2 })).not.toBe(first);
  });

  it('leaves out tasks without a positive', () => {
    expect(ndcg().evaluate(predictions([[1, 0]], [[1, 1]]))).toBe(1);
    expect(ndcg().evaluate(predictions([[1, 0]]))).toBeUndefined();
  });
});

it('every metric is undefined for no rows', () => {
  for (const metric of metricPlugins()) expect(metric.evaluate(predictions())).toBeUndefined();
});
