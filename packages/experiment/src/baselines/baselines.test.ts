import { describe, expect, it } from 'vitest';
import { createRandom, type Episode } from '@limaml/data';
import { logit, sigmoid, softplus } from '../numbers.js';
import {
  predictEpisodes,
  type Baseline,
  type BaselineInput,
  type ObservedRows,
} from './baseline.js';
import { episodesLoss } from './choose.js';
import { globalMean, itemRate } from './item-rate.js';
import { itemUserBias } from './item-user-bias.js';
import { logisticFactorisation } from './matrix-factorisation.js';
import { newtonFit, newtonScratch, solveCholesky, type RegressionProblem } from './newton.js';
import { LIKELIHOODS } from './label-kind.js';

const TASKS = 240;
const ROWS = 40;
const CANDIDATES = 30;

/** Tasks with a taste in two dimensions and a bias; labels drawn from the logistic model. */
function simulate(seed: number): ObservedRows {
  const source = createRandom(seed);
  const [random, normal] = [() => source.uniform(), () => source.normal()];
  const vector = () => [normal(), normal(), normal()] as const;
  const items = Array.from({ length: CANDIDATES }, vector);
  const candidate = new Int32Array(TASKS * ROWS);
  const label = new Float32Array(TASKS * ROWS);
  for (let task = 0; task < TASKS; task++) {
    const [bias, a, b] = vector();
    for (let row = task * ROWS; row < (task + 1) * ROWS; row++) {
      candidate[row] = Math.floor(random() * CANDIDATES);
      const item = items[candidate[row]!]!;
      label[row] = random() < sigmoid(bias + item[0] + 1.5 * (a * item[1] + b * item[2])) ? 1 : 0;
    }
  }
  const offsets = Int32Array.from({ length: TASKS + 1 }, (_, task) => task * ROWS);
  return { candidates: CANDIDATES + 1, candidate, label, offsets };
}

const range = (from: number, to: number) =>
  Int32Array.from({ length: to - from }, (_, i) => from + i);
const halves = (tasks: Int32Array): Episode[] =>
  Array.from(tasks, (task) => {
    const [start, cut, end] = [task * ROWS, task * ROWS + ROWS / 2, (task + 1) * ROWS];
    return { task, supportStart: start, supportEnd: cut, queryStart: cut, queryEnd: end };
  });

const observed = simulate(3);
const input: BaselineInput = {
  training: observed,
  labels: 'clicks',
  observed,
  train: range(0, 160),
  validation: halves(range(160, 200)),
  seed: 1,
};
const test = halves(range(200, TASKS));
const testLoss = async (baseline: Baseline) =>
  episodesLoss(await baseline.fit(input), test, observed, 'clicks');

describe('baselines', () => {
  it('item rate is the smoothed rate of the training tasks', async () => {
    const fitted = await itemRate({ pseudoRows: 4 }).fit(input);
    const episode = test[0]!;
    const scores = predictEpisodes(fitted, [episode], observed).score;
    let [shown, positive, all] = [0, 0, 0];
    const wanted = observed.candidate[episode.queryStart];
    for (let row = 0; row < 160 * ROWS; row++) {
      all += observed.label[row]!;
      if (observed.candidate[row] !== wanted) continue;
      shown++;
      positive += observed.label[row]!;
    }
    const mean = (all + 1) / (160 * ROWS + 2);
    expect(scores[0]).toBeCloseTo(logit((positive + 4 * mean) / (shown + 4)), 5);
  });

  it('are better the more of the truth they can express', async () => {
    const all = [globalMean(), itemRate(), itemUserBias(), logisticFactorisation()];
    const losses = await Promise.all(all.map(testLoss));
    expect(losses[1]).toBeLessThan(losses[0]! - 0.01);
    expect(losses[2]).toBeLessThan(losses[1]! - 0.02);
    expect(losses[3]).toBeLessThan(losses[2]! - 0.02);
  });

  it('do not look at test tasks or at their query labels', async () => {
    const label = observed.label.slice();
    for (const { queryStart, queryEnd } of test) label.fill(1, queryStart, queryEnd);
    const blind = { ...input, observed: { ...observed, label } };
    for (const baseline of [itemRate(), itemUserBias(), logisticFactorisation({ sweeps: 3 })]) {
      const seen = predictEpisodes(await baseline.fit(input), test, observed).score;
      expect(predictEpisodes(await baseline.fit(blind), test, observed).score).toEqual(seen);
    }
  });

  it('use the prior for an episode without support', async () => {
    const empty = test.map((episode) => ({ ...episode, supportStart: episode.supportEnd }));
    expect(predictEpisodes(await itemUserBias().fit(input), empty, observed)).toEqual(
      predictEpisodes(await itemRate().fit(input), empty, observed),
    );
  });

  it('give finite logits for candidates that were never seen in training and for one class', async () => {
    const unseen = observed.candidate.slice();
    unseen.fill(CANDIDATES, 200 * ROWS);
    const oneClass = new Float32Array(observed.label.length).fill(1);
    const odd = { ...input, observed: { ...observed, candidate: unseen, label: oneClass } };
    for (const baseline of [
      globalMean(),
      itemRate(),
      itemUserBias(),
      logisticFactorisation({ sweeps: 2 }),
    ]) {
      expect(
        predictEpisodes(await baseline.fit(odd), test, observed).score.every(Number.isFinite),
      ).toBe(true);
    }
  });

  it('fit the same twice', async () => {
    const predict = async () =>
      predictEpisodes(await logisticFactorisation({ sweeps: 4 }).fit(input), test, observed);
    expect(await predict()).toEqual(await predict());
  });

  it('choose hyper-parameters on the validation episodes', async () => {
    const fitted = await itemUserBias({ precisions: [1000, 1] }).fit(input);
    expect(fitted.chosen).toEqual({ precision: 1 });
  });

  it('stop when asked to', async () => {
    const signal = AbortSignal.abort();
    await expect(logisticFactorisation().fit({ ...input, signal })).rejects.toThrow(/abort/i);
  });
});

describe('newtonFit', () => {
  it('ends where the gradient is zero', () => {
    const source = createRandom(5);
    const random = () => source.uniform();
    const [rows, width] = [50, 3];
    const problem: RegressionProblem = {
      likelihood: LIKELIHOODS.clicks,
      rows,
      width,
      design: Float64Array.from({ length: rows * width }, () => 4 * random() - 2),
      offset: Float64Array.from({ length: rows }, () => 6 * random() - 3),
      label: Float64Array.from({ length: rows }, () => (random() < 0.5 ? 1 : 0)),
      precision: Float64Array.of(0.01, 1, 5),
      priorMean: Float64Array.of(0, 1, -1),
    };
    const weights = Float64Array.of(8, -8, 8);
    newtonFit(problem, weights, 50, newtonScratch(width));
    const loss = (w: Float64Array) => {
      let total = 0;
      for (let r = 0; r < rows; r++) {
        let z = problem.offset[r]!;
        for (let j = 0; j < width; j++) z += problem.design[r * width + j]! * w[j]!;
        total += softplus(z) - problem.label[r]! * z;
      }
      for (let j = 0; j < width; j++) {
        total += 0.5 * problem.precision[j]! * (w[j]! - problem.priorMean[j]!) ** 2;
      }
      return total;
    };
    for (let j = 0; j < width; j++) {
      const [up, down] = [weights.slice(), weights.slice()];
      up[j]! += 1e-5;
      down[j]! -= 1e-5;
      expect((loss(up) - loss(down)) / 2e-5).toBeCloseTo(0, 3);
    }
  });
});

it('solveCholesky solves a symmetric positive definite system', () => {
  const b = Float64Array.of(1, 2);
  solveCholesky(Float64Array.of(4, 0, 2, 3), b, 2);
  expect([...b]).toEqual([expect.closeTo(-0.125, 12), expect.closeTo(0.75, 12)]);
});
