import { describe, expect, it } from 'vitest';
import type { Initializer } from '../model.js';
import { initParams } from './initialise.js';

const sample = (init: Initializer, shape = [200, 100], seed = 1): Float32Array =>
  initParams({ w: { shape, init } }, seed).w!.data;

const moments = (data: Float32Array): { mean: number; deviation: number; largest: number } => {
  const mean = data.reduce((a, b) => a + b, 0) / data.length;
  const variance = data.reduce((a, b) => a + (b - mean) ** 2, 0) / data.length;
  return {
    mean,
    deviation: Math.sqrt(variance),
    largest: data.reduce((a, b) => Math.max(a, Math.abs(b)), 0),
  };
};

describe('initParams', () => {
  it('draws from the distribution that is asked for', () => {
    expect(new Set(sample({ kind: 'zeros' }))).toEqual(new Set([0]));
    expect(new Set(sample({ kind: 'constant', value: 0.5 }))).toEqual(new Set([0.5]));
    const normal = moments(sample({ kind: 'normal', stddev: 0.3 }));
    expect(normal.mean).toBeCloseTo(0, 2);
    expect(normal.deviation).toBeCloseTo(0.3, 2);
    const uniform = moments(sample({ kind: 'uniform', limit: 0.6 }));
    expect(uniform.largest).toBeLessThanOrEqual(Math.fround(0.6));
    expect(uniform.deviation).toBeCloseTo(0.6 / Math.sqrt(3), 2);
    const glorot = moments(sample({ kind: 'glorot' }));
    expect(glorot.deviation).toBeCloseTo(Math.sqrt(2 / (200 + 100)), 3);
  });

  it('depends on the seed and on the name, and on no other parameter', () => {
    const init = { kind: 'normal', stddev: 1 } as const;
    const both = initParams({ a: { shape: [3], init }, b: { shape: [3], init } }, 1);
    const alone = initParams({ b: { shape: [3], init } }, 1);
    expect(alone.b).toEqual(both.b);
    expect(both.a!.data).not.toEqual(both.b!.data);
    expect(sample(init, [3], 1)).toEqual(sample(init, [3], 1));
    expect(sample(init, [3], 2)).not.toEqual(sample(init, [3], 1));
  });

  it('gives the same values on every machine', () => {
    const { w } = initParams({ w: { shape: [3], init: { kind: 'uniform', limit: 1 } } }, 7);
    expect([...w!.data].map((value) => value.toFixed(6))).toMatchInlineSnapshot(`
      [
        "-0.982647",
        "-0.887188",
        "0.177563",
      ]
    `);
  });
});
