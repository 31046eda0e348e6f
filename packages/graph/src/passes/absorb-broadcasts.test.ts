import { expect, it } from 'vitest';
import { add, broadcastTo, exp, reshape, spec } from '../index.js';
import { absorbBroadcasts } from './absorb-broadcasts.js';
import { applyPass } from './apply-pass.test-support.js';

const specs = { x: spec(['T', 3]), row: spec([3]) };

it('lets element-wise primitives broadcast by themselves', () => {
  const repeated = applyPass(absorbBroadcasts, specs, (t) =>
    add(t.x, broadcastTo(t.row, ['T', 3])),
  );
  expect(repeated).toEqual(['%0 = add(x, row): float32[T, 3]', '%0']);
  const reshaped = applyPass(absorbBroadcasts, specs, (t) => add(t.x, reshape(t.row, [1, 3])));
  expect(reshaped).toEqual(['%0 = add(x, row): float32[T, 3]', '%0']);
});

it('computes what is the same everywhere once', () => {
  const lines = applyPass(absorbBroadcasts, specs, (t) => exp(broadcastTo(t.row, ['T', 3])));
  expect(lines).toEqual(['%0 = exp(row): float32[3]', '%1 = broadcastTo(%0): float32[T, 3]', '%1']);
});
