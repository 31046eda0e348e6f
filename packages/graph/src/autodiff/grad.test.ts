import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  add,
  fill,
  grad,
  interpret,
  matMul,
  max,
  maximum,
  mul,
  relu,
  sigmoid,
  softplus,
  spec,
  square,
  stopGradient,
  sum,
  topologicalOrder,
  trace,
} from '../index.js';
import type { Program, Tensor, TensorSpec } from '../index.js';
import { primitiveCases, randomProgram } from '../testing/index.js';
import { expectDerivatives } from './finite-differences.test-support.js';

/** stopGradient has the derivative zero by definition, which is not the limit of differences. */
const differentiable = Object.entries(primitiveCases).filter(([op]) => op !== 'stopGradient');

describe.each(differentiable)('derivatives of %s', (_, cases) => {
  it.each(cases.map((sample) => [sample.name, sample] as const))('%s', (_, { program, feeds }) => {
    expectDerivatives(program, feeds);
  });
});

describe('derivatives of compositions', () => {
  it('drawn at random', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const { program, feeds } = randomProgram(seed, { order: 0 });
        const tensors = topologicalOrder(Object.values(program.outputs));
        fc.pre(!tensors.some(({ op }) => op === 'stopGradient'));
        expectDerivatives(program, feeds, 1e-5);
      }),
      { seed: 4, numRuns: 40 },
    );
  });
});

describe('grad', () => {
  const x = spec([2]);
  const at = (values: readonly number[]) => ({ x: { shape: [values.length], data: values } });
  const gradient = (fn: (x: Tensor) => Tensor, values: readonly number[]): readonly number[] => {
    const program = trace({ x: spec([values.length]) }, (t) => ({
      dx: grad(sum(fn(t.x)), [t.x])[0]!,
    }));
    return [...interpret(program, at(values)).dx!.data];
  };

  it('gives zeros for tensors that the loss does not depend on', () => {
    const program = trace({ x, other: spec(['T', 3]) }, (t) => ({
      d: grad(sum(t.x), [t.other])[0]!,
    }));
    const feeds = { ...at([1, 2]), other: { shape: [2, 3], data: [1, 2, 3, 4, 5, 6] } };
    expect(interpret(program, feeds).d).toEqual({ shape: [2, 3], data: new Float64Array(6) });
  });

  it('differentiates with respect to intermediate tensors, totally', () => {
    const program = trace({ x }, (t) => {
      const y = mul(t.x, 3);
      const [dy, dx] = grad(sum(mul(y, t.x)), [y, t.x]);
      return { dy: dy!, dx: dx! };
    });
    const { dy, dx } = interpret(program, at([1, 2]));
    expect([...dy!.data]).toEqual([1, 2]);
    expect([...dx!.data]).toEqual([6, 12]);
  });

  it('gives one for the loss itself', () => {
    const program = trace({ x }, (t) => {
      const loss = sum(t.x);
      return { d: grad(loss, [loss])[0]! };
    });
    expect([...interpret(program, at([1, 2])).d!.data]).toEqual([1]);
  });

  it('stops at stopGradient', () => {
    expect(gradient((t) => mul(t, stopGradient(t)), [3])).toEqual([3]);
  });

  it('has the documented derivatives at kinks and ties', () => {
    expect(gradient(relu, [0])).toEqual([0]);
    expect(gradient((t) => maximum(t, t), [1])).toEqual([1]);
    expect(gradient((t) => max(t), [2, 2, 1])).toEqual([0.5, 0.5, 0]);
  });

  it('stays finite for large inputs of sigmoid and softplus', () => {
    for (const fn of [sigmoid, softplus, (t: Tensor) => square(softplus(t))]) {
      for (const value of gradient(fn, [-1000, 1000])) expect(value).toBeLessThan(Infinity);
    }
    expect(gradient(softplus, [-1000, 1000])).toEqual([0, 1]);
  });

  it('builds only what lies between loss and tensors', () => {
    const nodes = (program: Program): number =>
      topologicalOrder(Object.values(program.outputs)).length;
    const specs: Record<string, TensorSpec> = { x: spec([2, 2]), w: spec([2, 2]) };
    const program = trace(specs, (t) => ({ dw: grad(sum(matMul(t.x!, t.w!)), [t.w!])[0]! }));
    // x, one number, its spread over the product (reshape, broadcast), and one product.
    expect(nodes(program)).toBe(5);
  });

  it('differentiates chains too deep for recursion', () => {
    const program = trace({ x }, (t) => {
      let y = t.x;
      for (let i = 0; i < 20_000; i++) y = add(y, fill([], 1e-4));
      return { d: grad(sum(y), [t.x])[0]! };
    });
    expect([...interpret(program, at([1, 2])).d!.data]).toEqual([1, 1]);
  });

  it('refuses losses that are no scalars, and integers', () => {
    const { inputs } = trace({ x, ids: spec([2], 'int32') }, () => ({}));
    expect(() => grad(inputs.x!, [inputs.x!])).toThrow(
      'LIMAML_ERR_GRAPH_LOSS: grad got a loss of shape [2] and type float32',
    );
    expect(() => grad(sum(inputs.x!), [inputs.x!, inputs.ids!])).toThrow(
      /LIMAML_ERR_GRAPH_WRT: .*int32 \(op "grad", position 1\)/,
    );
  });
});
