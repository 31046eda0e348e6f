import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InteractionLog } from '@limaml/plugin';
import { buildTasks, fitEncoders, loadEncoders, rowsOfTasks } from '../index.js';
import type { EncodedLog } from '../index.js';
import { numberColumn } from '../columns.js';
import { createRandom } from '../random.js';
import { member, smallLog } from '../small-log.test-support.js';
import { factorise, invertFactorised, solveFactorised } from './cholesky.js';

/** Ratings made of two factors, so that there is something to find. */
function plantedLog(members: number, movies: number, perMember: number): InteractionLog {
  const random = createRandom(3);
  const rows = members * perMember;
  const vectors = (count: number) => Array.from({ length: 2 * count }, () => random.normal());
  const [likes, kinds] = [vectors(members), vectors(movies)];
  const base = smallLog(1, rows, members, movies);
  const refs = {
    member: Int32Array.from({ length: rows }, (_, row) => Math.floor(row / perMember)),
    movie: Int32Array.from({ length: rows }, () => random.int(movies)),
  };
  const rating = Array.from({ length: rows }, (_, row) => {
    const [u, i] = [refs.member[row]! * 2, refs.movie[row]! * 2];
    return likes[u]! * kinds[i]! + likes[u + 1]! * kinds[i + 1]! + 0.3 * random.normal();
  });
  return { ...base, refs, outcomes: { rows, columns: { rating: numberColumn(rating) } } };
}

/** Correlation of ratings of new members with what their first half predicts. */
function foldInCorrelation(encoded: EncodedLog, tasks: readonly number[], noise: number): number {
  const { stride, index } = encoded.columns['row.factors']!;
  const data = encoded.columns['row.factors']!.data as Float32Array;
  const mean = encoded.columns['row.factor_mean']!.data;
  const rating = encoded.columns['outcome.rating']!.data;
  const pairs = tasks.flatMap((task) => {
    const rows = [
      ...encoded.tasks.rows.subarray(encoded.tasks.offsets[task], encoded.tasks.offsets[task + 1]),
    ];
    const loadings = (row: number) =>
      data.subarray(index![row]! * stride, (index![row]! + 1) * stride);
    const precision = new Float64Array(stride * stride);
    const taste = new Float64Array(stride);
    for (let k = 0; k < stride; k++) precision[k * stride + k] = 1;
    for (const row of rows.slice(0, rows.length / 2)) {
      const own = loadings(row);
      own.forEach((a, i) => {
        taste[i]! += (a * (rating[row]! - mean[index![row]!]!)) / noise;
        own.forEach((b, j) => (precision[i * stride + j]! += (a * b) / noise));
      });
    }
    factorise(precision, stride);
    solveFactorised(precision, stride, taste);
    return rows.slice(rows.length / 2).map((row) => {
      const predicted = loadings(row).reduce((sum, value, k) => sum + value * taste[k]!, 0);
      return [predicted + mean[index![row]!]!, rating[row]!] as const;
    });
  });
  return correlation(pairs);
}

function correlation(pairs: readonly (readonly [number, number])[]): number {
  const mean = (at: 0 | 1) => pairs.reduce((sum, pair) => sum + pair[at], 0) / pairs.length;
  const [x, y] = [mean(0), mean(1)];
  const sum = (f: (a: number, b: number) => number) =>
    pairs.reduce((total, [a, b]) => total + f(a - x, b - y), 0);
  return sum((a, b) => a * b) / Math.sqrt(sum((a) => a * a) * sum((_, b) => b * b));
}

describe('candidate factors', () => {
  const log = plantedLog(240, 30, 20);
  const tasks = buildTasks(log, member);
  const all = [...tasks.taskIds.keys()];
  const trained = all.slice(0, 200);
  const trainRows = rowsOfTasks(tasks, trained);
  const options = {
    tasks,
    trainRows,
    factors: { dim: 3, target: 'rating', precision: 5, iterations: 15 },
  };
  const encoders = fitEncoders(log, member, options);
  const { noise } = encoders.toJSON().factors!;

  it('find planted factors: they predict what new members rate', () => {
    const encoded = encoders.encode(log, tasks);
    expect(foldInCorrelation(encoded, all.slice(200), noise)).toBeGreaterThan(0.9);
  });

  it('serve training tasks no better than new ones when they are out of fold', () => {
    const encoded = encoders.encode(log, tasks, { trainRows });
    const [train, fresh] = [trained, all.slice(200)].map((t) =>
      foldInCorrelation(encoded, t, noise),
    );
    expect(Math.abs(train! - fresh!)).toBeLessThan(0.03);
  });

  it('are the same after a round trip, and give unknown candidates finite ones', () => {
    const restored = loadEncoders(JSON.parse(JSON.stringify(encoders)));
    expect(restored.encodeRow({ movie: 'm3' })).toEqual(encoders.encodeRow({ movie: 'm3' }));
    const unknown = restored.encodeRow({ movie: 'never' })['row.factors']!;
    expect(unknown).toHaveLength(4);
    expect(unknown.every(Number.isFinite)).toBe(true);
    const again = fitEncoders(log, member, options);
    expect(again.toJSON()).toEqual(encoders.toJSON());
  });

  it('can be made of labels', () => {
    const ofLabels = fitEncoders(log, member, { tasks, trainRows, factors: { dim: 2 } });
    expect(ofLabels.schema.features.find(({ name }) => name === 'row.factors')?.width).toBe(3);
    expect(ofLabels.toJSON().factors!.loadings.every(Number.isFinite)).toBe(true);
  });
});

describe('Cholesky', () => {
  it('solves and inverts random positive definite systems', () => {
    const sizes = fc.integer({ min: 1, max: 8 });
    fc.assert(
      fc.property(sizes, fc.integer({ min: 0, max: 1e6 }), (size, seed) => {
        const random = createRandom(seed);
        const root = new Float64Array(size * size).map(() => random.normal());
        const matrix = new Float64Array(size * size).map((_, at) => {
          const [row, column] = [Math.floor(at / size), at % size];
          let sum = row === column ? 1 : 0;
          for (let k = 0; k < size; k++) sum += root[row * size + k]! * root[column * size + k]!;
          return sum;
        });
        const wanted = new Float64Array(size).map(() => random.normal());
        const vector = wanted.map((_, row) =>
          wanted.reduce((sum, value, column) => sum + matrix[row * size + column]! * value, 0),
        );
        const factor = matrix.slice();
        factorise(factor, size);
        solveFactorised(factor, size, vector);
        const inverse = new Float64Array(size * size);
        invertFactorised(factor, size, inverse);
        const first = wanted.map((_, row) =>
          wanted.reduce((sum, _value, k) => sum + inverse[row * size + k]! * matrix[k * size]!, 0),
        );
        wanted.forEach((value, row) => {
          expect(vector[row]).toBeCloseTo(value, 8);
          expect(first[row]).toBeCloseTo(row === 0 ? 1 : 0, 8);
        });
      }),
      { seed: 1, numRuns: 40 },
    );
  });
});
