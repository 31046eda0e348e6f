import { scoreProgram } from '@limaml/core';
import type { Value } from '@limaml/graph';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  candidateTowerProgram,
  limamlModel,
  memberTowerProgram,
  topK,
  type Vectors,
} from '../index.js';
import { BARE_SCHEMA, FACTOR_SCHEMA, feedsOf, run, SCHEMA } from '../small-schema.test-support.js';

const CANDIDATES = 7;

const schemas = [
  ['learned candidate vectors', SCHEMA],
  ['fitted factors', FACTOR_SCHEMA],
  ['ids alone', BARE_SCHEMA],
] as const;

describe.each(schemas)('two towers on %s', (_, schema) => {
  const options = { global: 'two-tower', temperature: 0.5, candidateDim: 4, featureDim: 3 };
  const model = limamlModel().create(schema, options);
  const score = scoreProgram(model);
  const feeds = feedsOf(score, { T: 3, N: CANDIDATES });
  // The same candidates for each of the three members.
  for (const [name, { shape, data }] of Object.entries(feeds)) {
    const own = data.length / 3;
    if (!name.startsWith('row.')) continue;
    feeds[name] = { shape, data: Float64Array.from(data, (_, i) => data[i % own]!) };
  }
  const firstMember = Object.fromEntries(
    Object.entries(feeds).map(([name, value]) => [
      name,
      name.startsWith('row.') ? first(value) : value,
    ]),
  );
  const candidates = run(candidateTowerProgram(model), firstMember).vectors!;
  const members = run(memberTowerProgram(model), feeds).vectors!;
  const { logits } = run(score, feeds);

  it('finds by product alone what scoring every candidate ranks first', () => {
    const best = topK(members, candidates, { k: 3 });
    for (const member of [0, 1, 2]) {
      const own = [...logits!.data.slice(member * CANDIDATES, (member + 1) * CANDIDATES)];
      const ranked = own.map((_, at) => at).sort((a, b) => own[b]! - own[a]!);
      const found = [...best.candidates.slice(member * 3, (member + 1) * 3)];
      expect(found).toEqual(ranked.slice(0, 3));
      found.forEach((at, rank) => {
        expect(best.scores[member * 3 + rank]).toBeCloseTo(own[at]!, 10);
      });
    }
  });

  it('has vectors of one width, whoever asks', () => {
    expect(candidates.shape).toEqual([1, CANDIDATES, 18]);
    expect(members.shape).toEqual([3, 1, 18]);
  });
});

describe('towers', () => {
  it('leave request features to the member', () => {
    const options = { global: 'two-tower', requestFeatures: ['row.price'] };
    const model = limamlModel().create(SCHEMA, options);
    expect(Object.keys(candidateTowerProgram(model).inputs)).not.toContain('row.price');
    expect(Object.keys(memberTowerProgram(model).inputs)).toContain('row.price');
    expect(Object.keys(memberTowerProgram(model).inputs)).not.toContain('row.item');
  });

  it('are refused for a model that has none', () => {
    const model = limamlModel().create(SCHEMA);
    expect(() => candidateTowerProgram(model)).toThrow(/LIMAML_ERR_MODELS_TOWERS_MISSING/);
    expect(() => memberTowerProgram(model)).toThrow(/LIMAML_ERR_MODELS_TOWERS_MISSING/);
  });
});

describe('topK', () => {
  const vectors = (width: number, rows: number): fc.Arbitrary<Vectors> =>
    fc
      .array(fc.integer({ min: -3, max: 3 }), { minLength: width * rows, maxLength: width * rows })
      .map((data) => ({ shape: [rows, width], data }));

  it('is the beginning of a full sort, ties in the order of rows', () => {
    const problems = fc.record({
      members: vectors(2, 3),
      candidates: fc.integer({ min: 1, max: 12 }).chain((rows) => vectors(2, rows)),
      k: fc.integer({ min: 1, max: 15 }),
    });
    fc.assert(
      fc.property(problems, ({ members, candidates, k }) => {
        const best = topK(members, candidates, { k });
        const count = candidates.shape[0]!;
        expect(best.k).toBe(Math.min(k, count));
        for (let row = 0; row < 3; row++) {
          const products = Array.from({ length: count }, (_, at) =>
            [0, 1].reduce(
              (sum, i) => sum + members.data[2 * row + i]! * candidates.data[2 * at + i]!,
              0,
            ),
          );
          const sorted = products
            .map((_, at) => at)
            .sort((a, b) => products[b]! - products[a]! || a - b);
          expect([...best.candidates.slice(row * best.k, (row + 1) * best.k)]).toEqual(
            sorted.slice(0, best.k),
          );
        }
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  it('refuses vectors of two widths, and no k', () => {
    const [a, b] = [
      { shape: [1, 2], data: [1, 2] },
      { shape: [1, 3], data: [1, 2, 3] },
    ];
    expect(() => topK(a, b)).toThrow(/LIMAML_ERR_MODELS_TOP_K_INVALID.*width 2.*width 3/);
    expect(() => topK(a, a, { k: 0 })).toThrow(/LIMAML_ERR_MODELS_TOP_K_INVALID.*k is 0/);
  });
});

/** The rows of the first member. */
function first({ shape, data }: Value): Value {
  return { shape: [1, ...shape.slice(1)], data: data.slice(0, data.length / 3) };
}
