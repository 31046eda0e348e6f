import { describe, expect, it } from 'vitest';
import {
  broadcastTo,
  concat,
  optimize,
  pad,
  reshape,
  slice,
  spec,
  sum,
  trace,
  transpose,
} from '../index.js';
import type { Tensor } from '../index.js';
import { applyPass } from './apply-pass.test-support.js';
import { simplifyMovement } from './simplify-movement.js';

const specs = { x: spec([4, 6]), q: spec(['Q', 3]), s: spec(['S', 3]), cube: spec([2, 3, 4]) };
type Inputs = Readonly<Record<keyof typeof specs, Tensor>>;
const lines = (fn: (t: Inputs) => Tensor): readonly string[] =>
  applyPass(simplifyMovement, specs, fn);

describe('simplifyMovement', () => {
  it.each<readonly [string, (t: Inputs) => Tensor]>([
    ['reshape to the same shape', (t) => reshape(reshape(t.x, [24]), [4, 6])],
    ['transpose of transpose', (t) => transpose(transpose(t.x))],
    ['broadcast to the same shape', (t) => broadcastTo(t.x, [4, 6])],
    ['whole slice', (t) => slice(t.x, 1, 0, 6)],
    ['padding by nothing', (t) => pad(t.x, 0, 0, 0)],
    ['concat of one', (t) => concat([t.x], 0)],
    ['slice of what was padded', (t) => slice(pad(t.x, 0, 2, 1), 0, 2, 6)],
  ])('%s is nothing', (_, fn) => {
    const { outputs, inputs } = optimize(trace(specs, (t) => ({ y: fn(t) })));
    expect(outputs.y).toBe(inputs.x);
  });

  it('takes a symbolic slice of joined tensors from the one that has it', () => {
    expect(lines((t) => slice(concat([t.q, t.s], 0), 0, 'Q', 'Q+S'))).toEqual([
      '%0 = slice(s) {axis: 0, start: 0, end: "S"}: float32[S, 3]',
      '%0',
    ]);
  });

  it('leaves a slice across joined tensors', () => {
    expect(lines((t) => slice(concat([t.x, t.x], 0), 0, 2, 6))).toHaveLength(3);
  });

  it('joins chains', () => {
    expect(lines((t) => slice(slice(t.x, 1, 1, 6), 1, 1, 3))[0]).toContain(
      'slice(x) {axis: 1, start: 2, end: 4}',
    );
    expect(lines((t) => pad(pad(t.x, 1, 1, 2), 1, 3, 4))[0]).toContain(
      'pad(x) {axis: 1, before: 4, after: 6}',
    );
    expect(lines((t) => concat([concat([t.x, t.x], 0), t.x], 0))[0]).toContain('concat(x, x, x)');
    expect(lines((t) => transpose(transpose(t.cube, [1, 2, 0]), [1, 2, 0]))[0]).toContain(
      '{perm: [2,0,1]}',
    );
  });

  it('keeps reduced axes in the reduction itself', () => {
    expect(lines((t) => reshape(sum(t.x, { axes: [1] }), [4, 1]))).toEqual([
      '%0 = sum(x) {axes: [1], keepDims: true}: float32[4, 1]',
      '%0',
    ]);
  });

  it('slices before it repeats', () => {
    expect(lines((t) => slice(broadcastTo(t.x, [9, 4, 6]), 0, 0, 2))).toEqual([
      '%0 = broadcastTo(x): float32[2, 4, 6]',
      '%0',
    ]);
  });
});
