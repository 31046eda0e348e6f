import { expect, it } from 'vitest';
import {
  add,
  concat,
  constant,
  exp,
  fill,
  createNumbering,
  maximum,
  mul,
  spec,
  sum,
  trace,
} from '../index.js';
import { applyPass } from './apply-pass.test-support.js';
import { createDuplicateMerger } from './merge-duplicates.js';

const specs = { x: spec([3]), y: spec([3]) };

it('computes equal things once, whatever the order of a sum', () => {
  const lines = applyPass(createDuplicateMerger(), specs, ({ x, y }) =>
    concat([exp(add(x, y)), exp(add(y, x))], 0),
  );
  expect(lines.slice(0, -1)).toHaveLength(3);
});

it('compares small constants by content and tells numbers apart', () => {
  const lines = applyPass(createDuplicateMerger(), specs, ({ x }) =>
    mul(add(x, constant([1, 2, 3])), add(x, constant([1, 2, 3]))),
  );
  expect(lines.slice(0, -1)).toHaveLength(3);
  const signs = applyPass(createDuplicateMerger(), {}, () =>
    concat([fill([1], 0), fill([1], -0), fill([1], NaN)], 0),
  );
  expect(signs.slice(0, -1)).toHaveLength(4);
});

it('keeps apart what differs in attributes or input', () => {
  const lines = applyPass(createDuplicateMerger(), specs, ({ x, y }) =>
    maximum(sum(x), sum(y, { keepDims: true })),
  );
  expect(lines.slice(0, -1)).toHaveLength(3);
});

it('numbers tensors by what they compute', () => {
  const numberOf = createNumbering();
  trace(specs, ({ x, y }) => {
    expect(numberOf(exp(add(x, y)))).toBe(numberOf(exp(add(y, x))));
    expect(numberOf(exp(x))).not.toBe(numberOf(exp(y)));
    expect(numberOf(x)).not.toBe(numberOf(y));
    return {};
  });
});
