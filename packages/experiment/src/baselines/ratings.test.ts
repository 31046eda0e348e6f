import { describe, expect, it } from 'vitest';
import { createRandom, type Episode } from '@limaml/data';
import { predictEpisodes, type BaselineInput, type ObservedRows } from './baseline.js';
import { episodesLoss } from './choose.js';
import { globalMean, itemRate } from './item-rate.js';
import { itemUserBias } from './item-user-bias.js';
import { labelKindOf } from './label-kind.js';
import { logisticFactorisation } from './matrix-factorisation.js';

const [TASKS, ROWS, CANDIDATES] = [200, 30, 25];

/** Ratings around 3.5 with a bias of each side, one common taste and noise. */
function ratings(seed: number): ObservedRows {
  const random = createRandom(seed);
  const items = Array.from({ length: CANDIDATES }, () => [random.normal(), random.normal()]);
  const candidate = new Int32Array(TASKS * ROWS);
  const label = new Float32Array(TASKS * ROWS);
  for (let task = 0; task < TASKS; task++) {
    const [bias, taste] = [random.normal(), random.normal()];
    for (let row = task * ROWS; row < (task + 1) * ROWS; row++) {
      candidate[row] = random.int(CANDIDATES);
      const [level, kind] = items[candidate[row]!]!;
      label[row] = 3.5 + 0.5 * (bias + level!) + taste * kind! + 0.3 * random.normal();
    }
  }
  const offsets = Int32Array.from({ length: TASKS + 1 }, (_, task) => task * ROWS);
  return { candidates: CANDIDATES + 1, candidate, label, offsets };
}

const observed = ratings(4);
const halves = (from: number, to: number): Episode[] =>
  Array.from({ length: to - from }, (_, at) => {
    const [start, end] = [(from + at) * ROWS, (from + at + 1) * ROWS];
    const cut = start + ROWS / 2;
    return {
      task: from + at,
      supportStart: start,
      supportEnd: cut,
      queryStart: cut,
      queryEnd: end,
    };
  });
const input: BaselineInput = {
  ...{ training: observed, observed, labels: 'numbers', seed: 1 },
  train: Int32Array.from({ length: 140 }, (_, task) => task),
  validation: halves(140, 170),
};
const test = halves(170, TASKS);

const trainedRows = Array.from({ length: 140 * ROWS }, (_, row) => row);
const sum = (rows: readonly number[]): number =>
  rows.reduce((total, row) => total + observed.label[row]!, 0);
const mean = sum(trainedRows) / trainedRows.length;

/** Smoothed mean of a candidate, by the formula. */
function candidateMean(candidate: number, pseudoRows: number): number {
  const rows = trainedRows.filter((row) => observed.candidate[row] === candidate);
  return (sum(rows) + pseudoRows * mean) / (rows.length + pseudoRows);
}

describe('baselines of ratings', () => {
  it('know ratings from clicks by their range', () => {
    expect(labelKindOf(observed.label)).toBe('numbers');
    expect(labelKindOf(Float32Array.of(0, 1, 1))).toBe('clicks');
  });

  it('predict the mean rating, and the smoothed mean of each item', async () => {
    const [episode] = test;
    const level = predictEpisodes(await globalMean().fit(input), test, observed).score;
    expect(level[0]).toBeCloseTo(mean, 4);
    const fitted = await itemRate({ pseudoRows: 4 }).fit(input);
    const { score } = predictEpisodes(fitted, test, observed);
    expect(score[0]).toBeCloseTo(candidateMean(observed.candidate[episode!.queryStart]!, 4), 4);
  });

  it('add the shrunk mean residual of the support set', async () => {
    const [episode] = test;
    const { supportStart, supportEnd, queryStart } = episode!;
    const fitted = await itemUserBias({ pseudoRows: 10, precisions: [3] }).fit(input);
    let residuals = 0;
    for (let row = supportStart; row < supportEnd; row++) {
      residuals += observed.label[row]! - candidateMean(observed.candidate[row]!, 10);
    }
    const bias = residuals / (supportEnd - supportStart + 3);
    const { score } = predictEpisodes(fitted, test, observed);
    const expected = candidateMean(observed.candidate[queryStart]!, 10) + bias;
    expect(score[0]).toBeCloseTo(expected, 4);
  });

  it('are better the more of the truth they can express', async () => {
    const all = [globalMean(), itemRate(), itemUserBias(), logisticFactorisation()];
    const fits = await Promise.all(all.map(async (baseline) => baseline.fit(input)));
    expect(fits.at(-1)!.name).toBe('matrix factorisation');
    const losses = fits.map((fitted) => episodesLoss(fitted, test, observed, 'numbers'));
    losses.slice(1).forEach((loss, at) => {
      expect(loss).toBeLessThan(losses[at]! - 0.05);
    });
  });
});
