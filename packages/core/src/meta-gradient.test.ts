import { grad, sqrt, stopGradient, sum, trace } from '@limaml/graph';
import { describe, expect, it } from 'vitest';
import type { Algorithm } from './algorithm/algorithm.js';
import { maml } from './algorithm/presets/maml.js';
import { expectClose, expectDerivatives } from './finite-differences.test-support.js';
import { innerLoop } from './inner-loop/inner-loop.js';
import type { Model } from './model.js';
import { outerLoss } from './outer-loss.js';
import { readMetaInput, readParams, readQuery } from './programs/program-inputs.js';
import { trainProgram } from './programs/programs.js';
import {
  constantModel,
  type Feeds,
  randomFeeds,
  run,
  toyModel,
  withData,
} from './toy-model.test-support.js';
import { flattenTree, mapTree } from './tree.js';

const learned: Algorithm['innerLearningRate'] = { initial: 0.5, per: 'element' };

describe('meta-gradient', () => {
  it.each([
    { name: '1 step', algorithm: maml({ innerSteps: 1, innerLearningRate: 0.7 }) },
    { name: '3 steps', algorithm: maml({ innerSteps: 3, innerLearningRate: 0.7 }) },
    { name: '2 steps, learned', algorithm: maml({ innerSteps: 2, innerLearningRate: learned }) },
    {
      name: 'a rate per parameter, shrinkage',
      algorithm: maml({
        innerLearningRate: { initial: 1, per: 'parameter' },
        supportShrinkage: 2,
      }),
    },
    {
      name: 'squared error, the offset alone',
      algorithm: maml({ loss: 'squared-error', adapts: (path) => path === 'meta/offset' }),
    },
    { name: 'no steps', algorithm: maml({ innerSteps: 0 }) },
  ])('agrees with finite differences: $name', ({ algorithm }) => {
    const program = trainProgram(toyModel(), algorithm);
    expect(Object.keys(program.outputs).length).toBeGreaterThan(10);
    expectDerivatives(program, randomFeeds(program, 1));
  });

  it('is the same for a table fed whole and for a table fed by rows', () => {
    const whole = trainProgram(toyModel('whole'), maml());
    const rows = trainProgram(toyModel('rows'), maml());
    expect(rows.inputs['table/item']!.shape).toEqual(['U.row.item', 2]);
    const feeds = randomFeeds(whole, 2);
    expect(run(rows, feeds)).toEqual(run(whole, feeds));
  });
});

describe('a quadratic task, ℓ = (w − y)²', () => {
  const alpha = 0.15;
  const w = 0.4;
  const support = [
    [1, 2, 6],
    [-1, 0, 1],
  ];
  const query = [
    [2, 3],
    [0.5, -2],
  ];

  /** w_K = ρ^K w + (1 − ρ^K) ȳ with ρ = 1 − 2α, so ∂w_K/∂w = ρ^K and ∂w_K/∂α = −2K ρ^(K−1) (w − ȳ). */
  function closedForm(steps: number): { second: number; first: number; rate: number } {
    const rho = 1 - 2 * alpha;
    const totals = { second: 0, first: 0, rate: 0 };
    support.forEach((labels, task) => {
      const mean = labels.reduce((a, b) => a + b) / labels.length;
      const adapted = rho ** steps * w + (1 - rho ** steps) * mean;
      for (const y of query[task]!) {
        const slope = (2 * (adapted - y)) / 4;
        totals.first += slope;
        totals.second += slope * rho ** steps;
        totals.rate += slope * -2 * steps * rho ** (steps - 1) * (w - mean);
      }
    });
    return totals;
  }

  const task = constantModel((x) => x);
  const feeds = (steps: number): Feeds => ({
    'meta/w': { shape: [1], data: [w] },
    'rate/meta/w': { shape: [1], data: [alpha] },
    'support/row.x': { shape: [2, 3, 1], data: Array<number>(6).fill(steps) },
    'support/label': { shape: [2, 3], data: support.flat() },
    'support/mask': { shape: [2, 3], data: Array<number>(6).fill(1) },
    'query/row.x': { shape: [2, 2, 1], data: Array<number>(4).fill(0) },
    'query/label': { shape: [2, 2], data: query.flat() },
    'query/mask': { shape: [2, 2], data: Array<number>(4).fill(1) },
  });
  const gradients = (options: Partial<Algorithm>): Record<string, number> => {
    const algorithm = maml({ loss: 'squared-error', innerLearningRate: alpha, ...options });
    const outputs = run(trainProgram(task, algorithm), feeds(algorithm.innerSteps));
    return Object.fromEntries(Object.entries(outputs).map(([name, { data }]) => [name, data[0]!]));
  };

  it.each([1, 2, 5])('has the closed-form gradient after %i steps', (innerSteps) => {
    const expected = closedForm(innerSteps);
    const second = gradients({ innerSteps, innerLearningRate: learned });
    expect(second['grad/meta/w']).toBeCloseTo(expected.second, 12);
    expect(second['grad/rate/meta/w']).toBeCloseTo(expected.rate, 12);
    expect(gradients({ innerSteps, order: 'first' })['grad/meta/w']).toBeCloseTo(
      expected.first,
      12,
    );
  });
});

describe('order', () => {
  const both = (model: Model, options: Partial<Algorithm>, change = (feeds: Feeds) => feeds) =>
    (['first', 'second'] as const).map((order) => {
      const program = trainProgram(model, maml({ ...options, order }));
      return run(program, change(randomFeeds(program, 3)));
    });

  it('does not matter where the Hessian is zero', () => {
    // With z = √w and label 0 the support loss z² = w is linear in w.
    const linear = (feeds: Feeds): Feeds => ({
      ...withData(
        feeds,
        'support/label',
        feeds['support/label']!.data.map(() => 0),
      ),
      'meta/w': { shape: [1], data: [2] },
    });
    const [first, second] = both(
      constantModel(sqrt),
      { loss: 'squared-error', innerSteps: 3 },
      linear,
    );
    expect(first!['grad/meta/w']!.data[0]).not.toBe(0);
    expectClose(first!['grad/meta/w']!.data, second!['grad/meta/w']!.data, 1e-12);
  });

  it('matters where it is not: the second-order path is connected', () => {
    const [first, second] = both(toyModel(), { innerLearningRate: 0.7 });
    expect(first!.loss).toEqual(second!.loss);
    for (const name of ['grad/meta/offset', 'grad/meta/tower/layers/0/kernel', 'grad/table/item']) {
      const gap = first![name]!.data.map((value, i) => Math.abs(value - second![name]!.data[i]!));
      expect(Math.max(...gap)).toBeGreaterThan(1e-3);
    }
  });

  it('first: the gradient is that of the query loss at the fast weights, summed over tasks', () => {
    const model = toyModel();
    const algorithm = maml({ innerSteps: 2, order: 'first', innerLearningRate: 0.7 });
    const program = trainProgram(model, algorithm);
    const byHand = trace(program.inputs, (tensors) => {
      const input = readMetaInput(model, tensors);
      const theta = readParams(model, tensors);
      const fast = innerLoop(model, theta, input, algorithm);
      const fixed = { ...fast, meta: mapTree(fast.meta, stopGradient) };
      const query = readQuery(model, tensors);
      const loss = outerLoss(model, fixed, { input, query }, maml({ innerSteps: 0 }));
      const leaves = flattenTree(fixed.meta);
      const gradients = grad(
        loss,
        leaves.map(([, weights]) => weights),
      );
      return Object.fromEntries(
        leaves.map(([path], i) => [`grad/meta/${path}`, sum(gradients[i]!, { axes: [0] })]),
      );
    });
    const feeds = randomFeeds(program, 4);
    const actual = run(program, feeds);
    for (const [name, { data }] of Object.entries(run(byHand, feeds))) {
      expectClose(actual[name]!.data, data, 1e-12);
    }
  });
});
