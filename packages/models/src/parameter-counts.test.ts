import type { Model } from '@limaml/core';
import { describe, expect, it } from 'vitest';
import { countParameters, limamlModel, logisticMfModel, meLuModel, metaEmbModel } from './index.js';
import { FACTOR_SCHEMA, SCHEMA } from './small-schema.test-support.js';

/** Widths of {@link SCHEMA}: candidate vector M, embedded ids, hidden layer H. */
const [M, E, H] = [4, 3, 6];
/** Meta embedding, profile (a number and an id), row features (genres, rate, a price of width 2). */
const [D, P, W] = [M + 1, 1 + E, E + 1 + 2];
/** A support row: vector, features, rating, label; and the same with a signed vector. */
const R = M + W + 1 + 1;
const SIGNED = R + M;

const SIZES = { candidateDim: M, featureDim: E };

const head = (inputs: number): number => (inputs + 1) * H + (H + 1) * D + inputs * D + D;
/** Dense layers from `inputs` through `widths` to one number. */
const tower = (inputs: number, ...widths: number[]): number => {
  const all = [inputs, ...widths, 1];
  return widths.concat(1).reduce((total, to, i) => total + (all[i]! + 1) * to, 0);
};

describe('the formula of its docstring holds for the meta block', () => {
  const signals = 1 + 1 + 1;
  const formulas: Record<string, number> = {
    entity: (P + 1) * H + (H + 1) * D + D,
    residual: (P + 1) * H + 2 * (4 * H ** 2 + 5 * H) + 2 * H + (H + 1) * D + D,
    interaction: (R + 1) * H + (H + 1) * D + P * D + D,
    history: head(signals * (M + 1) + 1 + P),
    id: D,
    attention: (SIGNED + 1) * H + H + P * H + (3 * H + 1) * H + H + 1 + head(H + 1 + P),
    transformer: (SIGNED + 1) * H + 8 * H + 2 * (8 * H ** 2 + 7 * H) + 2 * H + head(H + 1 + P),
  };
  const extra: Record<string, object> = {
    residual: { metaLayers: 2 },
    transformer: { metaLayers: 2, positions: 8 },
  };

  it.each(Object.entries(formulas))('%s', (meta, expected) => {
    const options = { ...SIZES, meta, ...(meta !== 'id' && { hidden: H }), ...extra[meta] };
    expect(count(limamlModel().create(SCHEMA, options)).meta).toBe(expected);
  });

  it('history with a fold-in', () => {
    const options = { ...SIZES, hidden: H };
    const expected = head(signals * (M + 1) + 1 + P + M) + M + 1 + signals + P * M + M;
    expect(count(limamlModel().create(FACTOR_SCHEMA, options)).meta).toBe(expected);
  });
});

describe('the formula of its docstring holds for the global block', () => {
  const own = W + 2;
  const [Z, narrow] = [3 * M + W, 2 * M + W];
  /** Fields of DeepFM and AutoInt: u, v, genres, rate, price; those of DLRM: b, u, v, genres. */
  const [F, pairs] = [5, 6];
  const numbers = 1 + 2;
  const formulas: [object, number][] = [
    [{ global: 'dcn', crossDepth: 2 }, 2 * (Z ** 2 + Z) + tower(Z, 8) + own],
    [{ global: 'dcn-low-rank', crossRank: 2 }, 2 * Z * 2 + Z + tower(Z, 8) + own],
    [{ global: 'wide-and-deep' }, tower(narrow, 8) + own],
    [{ global: 'deepfm' }, tower(F * M, 8) + (F - 2) * M + 2 + M * numbers],
    [{ global: 'dlrm' }, (numbers + 1) * M + (M + 1) * M + tower(M + pairs, 8) + 1],
    [{ global: 'autoint', heads: 2 }, 5 * M ** 2 + F * M + 2 + M * numbers],
    [{ global: 'autoint', heads: 3 }, 5 * 36 + F * 6 + 2 + 6 * numbers + 2 * M * 6],
    [
      { global: 'two-tower', towerDim: 3 },
      [M, M + W].reduce((sum, I) => sum + (I + 1) * 8 + 9 * 3 + I * 3, 0) + own,
    ],
    [{ fusion: 'film', crossDepth: 0 }, tower(narrow, 8) + own + 2 * M * narrow + narrow],
    [{ fusion: 'gate', crossDepth: 0 }, tower(narrow, 8) + own + M * narrow + narrow],
    [
      { crossDepth: 0, targets: [{ name: 'liked', outcome: 'outcome.rating' }] },
      tower(Z, 8) + own + 8 + 1 + 1,
    ],
    [{ tower: [] }, own],
  ];

  it.each(formulas)('%o', (options, expected) => {
    const isTower = !('tower' in options) && !JSON.stringify(options).includes('autoint');
    const all = { ...SIZES, hidden: H, ...(isTower && { tower: [8] }), ...options };
    expect(count(limamlModel().create(SCHEMA, all)).global).toBe(expected);
  });
});

describe('the formula of its docstring holds for the baseline', () => {
  it('MeLU, whose embedding holds its layers', () => {
    const model = meLuModel().create(SCHEMA, { featureDim: E, tower: [8, 6] });
    const size = tower(P + W, 8, 6);
    expect(count(model)).toMatchObject({ meta: size, global: 0 });
    expect(model.embeddingDim).toBe(P + size);
  });

  it('MetaEmb', () => {
    const model = metaEmbModel().create(SCHEMA, SIZES);
    expect(count(model).meta).toBe(P * D + D);
  });

  it('logistic MF', () => {
    const model = logisticMfModel().create(SCHEMA, { candidateDim: M });
    expect(count(model)).toEqual({ meta: 2 * D + 1, global: 1, tables: 6 * M });
  });

  it('and tables count apart', () => {
    const options = { meta: 'entity', tower: [], hidden: 4, candidateDim: 2, featureDim: 3 };
    expect(count(limamlModel().create(SCHEMA, options)).tables).toBe(6 * (2 + 3 + 3));
  });
});

function count(model: Model): ReturnType<typeof countParameters> {
  return countParameters(model);
}
