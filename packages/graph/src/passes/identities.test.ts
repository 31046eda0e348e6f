import { describe, expect, it } from 'vitest';
import {
  add,
  cast,
  div,
  greater,
  logicalNot,
  maximum,
  mul,
  neg,
  relu,
  select,
  spec,
  stopGradient,
  sub,
} from '../index.js';
import type { Tensor } from '../index.js';
import { applyPass } from './apply-pass.test-support.js';
import { simplifyArithmetic } from './identities.js';

const specs = { x: spec(['T', 2]), y: spec(['T', 2]), row: spec([2]) };
type Inputs = Readonly<Record<keyof typeof specs, Tensor>>;

const ops = (fn: (t: Inputs) => Tensor): readonly string[] =>
  applyPass(simplifyArithmetic, specs, fn).map((line) => line.replace(/^%\d+ = |: .*$/g, ''));

describe('simplifyArithmetic', () => {
  it.each<readonly [string, (t: Inputs) => Tensor]>([
    ['x + 0', (t) => add(t.x, 0)],
    ['x − 0', (t) => sub(t.x, 0)],
    ['x · 1', (t) => mul(t.x, 1)],
    ['x / 1', (t) => div(t.x, 1)],
    ['−(−x)', (t) => neg(neg(t.x))],
    ['max(x, x)', (t) => maximum(t.x, t.x)],
    ['cast to its own type', (t) => cast(t.x, 'float32')],
    ['stopGradient', (t) => stopGradient(t.x)],
    ['a choice between equals', (t) => select(greater(t.y, 0), t.x, t.x)],
  ])('%s is x', (_, fn) => {
    expect(ops(fn)).toEqual(['x']);
  });

  it('turns 0 − x and x · −1 into −x', () => {
    expect(ops((t) => sub(0, t.x))).toEqual(['neg(x)', '%0']);
    expect(ops((t) => mul(t.x, -1))).toEqual(['neg(x)', '%0']);
  });

  it('absorbs negation', () => {
    expect(ops((t) => add(t.x, neg(t.y)))).toEqual(['sub(x, y)', '%0']);
    expect(ops((t) => sub(t.x, neg(t.y)))).toEqual(['add(x, y)', '%0']);
    expect(ops((t) => neg(sub(t.x, t.y)))).toEqual(['sub(y, x)', '%0']);
    expect(ops((t) => mul(neg(t.x), neg(t.y)))).toEqual(['mul(x, y)', '%0']);
  });

  it('gathers numbers into one factor', () => {
    expect(ops((t) => mul(mul(t.x, 3), 0.5))).toEqual(['fill() {value', 'mul(x, %0)', '%1']);
    expect(ops((t) => neg(mul(t.x, 3)))).toEqual(['fill() {value', 'mul(x, %0)', '%1']);
  });

  it('puts numbers last', () => {
    expect(ops((t) => mul(3, t.x))).toEqual(['fill() {value', 'mul(x, %0)', '%1']);
  });

  it('makes zeros of x · 0', () => {
    expect(applyPass(simplifyArithmetic, specs, (t) => mul(t.x, 0))[0]).toBe(
      '%0 = fill() {value: 0}: float32[T, 2]',
    );
  });

  it('keeps the shape of the result', () => {
    const lines = applyPass(simplifyArithmetic, specs, (t) => add(t.row, sub(t.x, t.x)));
    expect(lines.at(-2)).toContain('[T, 2]');
  });

  it('simplifies conditions', () => {
    expect(ops((t) => select(logicalNot(greater(t.x, t.y)), t.x, t.y))).toContain(
      'select(%0, y, x)',
    );
    expect(ops((t) => relu(relu(t.x)))).toEqual(['relu(x)', '%0']);
  });
});
