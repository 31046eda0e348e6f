import { interpret, trace, spec, type Value } from '@limaml/graph';
import { flattenTree, mapTree } from '@limaml/core';
import { expect, it } from 'vitest';
import { SCHEMA } from '../small-schema.test-support.js';
import { rowScore } from './row-score.js';
import { surprise } from './support-rows.js';

const RATED = { ...SCHEMA, labelMean: 3.6 };

const value = (shape: readonly number[], ...data: readonly number[]): Value => ({
  shape,
  data: Float64Array.from(data),
});

it('the score of a row starts at the mean of labels that are numbers', () => {
  const own = rowScore(RATED, 0);
  const starts = flattenTree(own.params).map(([path, { init }]) => [path, init]);
  expect(Object.fromEntries(starts)).toEqual({
    rate: { kind: 'constant', value: 1 },
    level: { kind: 'constant', value: 3.6 },
  });
  const inputs = { match: spec([1, 2]), rate: spec([1, 2, 1]), r: spec([1]), l: spec([1]) };
  const program = trace(inputs, ({ match, rate, r, l }) => {
    const params = mapTree(own.params, (_, path) => (path === 'rate' ? r : l));
    return { score: own.apply(params, match, { 'row.like_rate': rate }) };
  });
  const { score } = interpret(program, {
    ...{ match: value([1, 2], 0.5, 0), rate: value([1, 2, 1], -0.2, 0.3) },
    ...{ r: value([1], 1), l: value([1], 3.6) },
  });
  expect([...score!.data]).toEqual([expect.closeTo(3.9), expect.closeTo(3.9)]);
  expect(rowScore(SCHEMA, 0).params).not.toHaveProperty('level');
});

it('the surprise of a row is what its number is above the mean and its rate', () => {
  const inputs = { label: spec([1, 2]), mask: spec([1, 2]), rate: spec([1, 2, 1]) };
  const program = trace(inputs, ({ label, mask, rate }) => ({
    surprise: surprise(RATED, {
      ...{ label: label, mask: mask, outcomes: {}, rows: { 'row.like_rate': rate } },
    }),
  }));
  const outputs = interpret(program, {
    ...{ label: value([1, 2], 5, 3), mask: value([1, 2], 1, 1) },
    rate: value([1, 2, 1], 0.4, -0.6),
  });
  expect([...outputs.surprise!.data]).toEqual([expect.closeTo(1), expect.closeTo(0)]);
});
