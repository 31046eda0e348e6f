import {
  adaptProgram,
  evaluateProgram,
  mapTree,
  maml,
  type Model,
  priorProgram,
} from '@limaml/core';
import { bindDims, broadcastTo, type Program } from '@limaml/graph';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FACTOR_SCHEMA, feedsOf, type Feeds, run, SCHEMA } from './small-schema.test-support.js';
import { createCase, META_CASES } from './zoo.test-support.js';

const algorithm = maml({ innerSteps: 2, innerLearningRate: 0.3, supportShrinkage: 2 });
const none = maml({ innerSteps: 0 });

const schemas = [
  ['learned candidate vectors', SCHEMA],
  ['fitted factors', FACTOR_SCHEMA],
] as const;
const cases = schemas.flatMap(([features, schema]) =>
  META_CASES.map((each) => ({
    name: `${each.name} on ${features}`,
    model: createCase(each, schema),
  })),
);

/** Rows per task of a support set in the small feeds. */
const ROWS = 4;

/** Feeds with the rows of every support set in another order, or with other values in one row. */
function changeRows(
  feeds: Feeds,
  change: (name: string, rows: Float64Array[]) => Float64Array[],
): Feeds {
  return Object.fromEntries(
    Object.entries(feeds).map(([name, value]) => {
      if (!name.startsWith('support/')) return [name, value];
      const size = value.data.length / (value.shape[0]! * ROWS);
      const rows = Array.from({ length: value.shape[0]! * ROWS }, (_, r) =>
        Float64Array.from(value.data.slice(r * size, (r + 1) * size)),
      );
      const tasks = Array.from({ length: value.shape[0]! }, (_, t) =>
        change(name, rows.slice(t * ROWS, (t + 1) * ROWS)),
      );
      const data = Float64Array.from(tasks.flat().flatMap((row) => [...row]));
      return [name, { shape: value.shape, data }];
    }),
  );
}

function embedding(program: Program, feeds: Feeds): readonly number[] {
  // A meta block that reads nothing leaves the number of tasks open.
  return [...run(bindDims(program, { T: 3 }), feeds).embedding!.data];
}

describe.each(cases)('$name', ({ model }) => {
  const adapt = adaptProgram(model, algorithm);
  const feeds = feedsOf(evaluateProgram(model, algorithm));

  it('does not see a masked row', () => {
    const before = embedding(adapt, feeds);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 5 }), (other) => {
        // The last row of each task is padding.
        const changed = changeRows(feeds, (name, rows) =>
          name.endsWith('mask')
            ? rows
            : rows.with(
                -1,
                rows.at(-1)!.map(() => other),
              ),
        );
        expect(embedding(adapt, changed)).toEqual(before);
      }),
      { seed: 1, numRuns: 4 },
    );
  });

  it('is its prior, finite, where every row is masked', () => {
    const masked = changeRows(feeds, (name, rows) =>
      name.endsWith('mask') ? rows.map((row) => row.map(() => 0)) : rows,
    );
    const prior = priorProgram(model);
    const expected = embedding(prior, { ...feedsOf(prior), ...feeds });
    expect(expected.every(Number.isFinite)).toBe(true);
    expectClose(embedding(adapt, masked), expected);
  });

  it('gives with equal fast weights what shared weights give', () => {
    const shared = embedding(adaptProgram(model, none), feeds);
    expectClose(embedding(perTaskProgram(model), feeds), shared);
  });
});

describe.each(cases.filter(({ name }) => !name.startsWith('meta: transformer')))(
  '$name',
  ({ model }) => {
    it('does not depend on the order of its rows', () => {
      const adapt = adaptProgram(model, algorithm);
      const feeds = feedsOf(evaluateProgram(model, algorithm));
      const before = embedding(adapt, feeds);
      const turned = changeRows(feeds, (_, [a, b, c, d]) => [c!, a!, d!, b!]);
      expectClose(embedding(adapt, turned), before);
    });
  },
);

describe('the transformer', () => {
  const model = createCase(
    META_CASES.find(({ name }) => name === 'meta: transformer')!,
    SCHEMA,
  );
  const adapt = adaptProgram(model, none);
  const feeds = feedsOf(adapt);
  const before = embedding(adapt, feeds);

  it('knows the order of its rows', () => {
    const turned = changeRows(feeds, (_, [a, b, c, d]) => [b!, a!, c!, d!]);
    expect(largestGap(embedding(adapt, turned), before)).toBeGreaterThan(1e-6);
  });

  it('counts places from the newest real row, wherever the padding is', () => {
    const moved = changeRows(feeds, (_, [a, b, c, d]) => [d!, a!, b!, c!]);
    expectClose(embedding(adapt, moved), before);
  });
});

/** The meta embedding of weights that every task has a copy of. */
function perTaskProgram(model: Model): Program {
  const copied: Model = {
    ...model,
    metaEmbedding(meta, input) {
      const tasks = input.support.mask.shape[0]!;
      return model.metaEmbedding(
        mapTree(meta, (leaf) => broadcastTo(leaf, [tasks, ...leaf.shape])),
        input,
      );
    },
  };
  return adaptProgram(copied, none);
}

function expectClose(actual: readonly number[], expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length);
  expect(largestGap(actual, expected)).toBeLessThan(1e-9);
}

function largestGap(a: readonly number[], b: readonly number[]): number {
  return Math.max(...a.map((value, i) => Math.abs(value - b[i]!)));
}
