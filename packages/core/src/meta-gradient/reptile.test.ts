import { concat, grad, stopGradient, trace } from '@limaml/graph';
import { describe, expect, it } from 'vitest';
import { maml } from '../algorithm/presets/maml.js';
import { reptile } from '../algorithm/presets/without-unrolling.js';
import { expectClose } from '../finite-differences.test-support.js';
import { innerLoop } from '../inner-loop/inner-loop.js';
import { outerLoss } from '../outer-loss.js';
import { readMetaInput, readParams, readQuery } from '../programs/program-inputs.js';
import { adaptProgram, trainProgram } from '../programs/programs.js';
import { expectTasksApart, gradientAt, QUADRATIC } from '../quadratic.test-support.js';
import {
  constantModel,
  type Feeds,
  randomFeeds,
  run,
  toyModel,
  withData,
} from '../toy-model.test-support.js';
import { mapTree } from '../tree.js';

describe('Reptile', () => {
  const { w, alpha } = QUADRATIC;

  it.each([1, 3])('has the gradient Σ_i w_i (θ − θ′_i) / α, %i steps', (innerSteps) => {
    const algorithm = reptile({ loss: 'squared-error', innerLearningRate: alpha, innerSteps });
    const { gradient, loss } = gradientAt(
      constantModel((x) => x),
      algorithm,
    );
    // The inner loop learns from support and query rows.
    const adapted = [0, 1].map((task) => {
      const labels = [...QUADRATIC.support[task]!, ...QUADRATIC.query[task]!];
      const mean = labels.reduce((a, b) => a + b) / labels.length;
      return mean + (1 - 2 * alpha) ** innerSteps * (w - mean);
    });
    const pull = adapted.reduce((sum, each) => sum + (w - each) / 2, 0) / alpha;
    expect(gradient['meta/w']![0]).toBeCloseTo(pull, 12);
    expect(loss).toBeCloseTo(
      QUADRATIC.meanQueryLoss((task) => adapted[task]!),
      12,
    );
  });

  it('trains what is not adapted by the query loss at θ′', () => {
    // With constants in the places of outcomes, support and query rows are of one kind, and can be joined.
    const model = { ...toyModel(), noise: {}, head: [] };
    const algorithm = reptile({ innerSteps: 2, innerLearningRate: 0.7, adapts: ['meta/offset'] });
    const program = trainProgram(model, algorithm);
    const { inputs } = program;
    const byHand = trace(inputs, (tensors) => {
      const [input, query] = [readMetaInput(model, tensors), readQuery(model, tensors)];
      const theta = readParams(model, tensors);
      // The meta block reads support rows only; what the loop learns from is both.
      const joined = {
        ...model,
        metaEmbedding: (meta: typeof theta.meta) => model.metaEmbedding(meta, input),
      };
      const both = {
        ...input.support,
        rows: Object.fromEntries(
          Object.entries(query.rows).map(([name, rows]) => [
            name,
            concat([input.support.rows[name]!, rows], 1),
          ]),
        ),
        label: concat([input.support.label, query.label], 1),
        mask: concat([input.support.mask, query.mask], 1),
      };
      const plain = maml({ ...algorithm, metaGradient: 'unrolled' });
      const fast = innerLoop(joined, theta, { ...input, support: both }, plain);
      const fixed = {
        ...fast,
        meta: mapTree(fast.meta, (each, path) => (path === 'offset' ? stopGradient(each) : each)),
      };
      const loss = outerLoss(model, fixed, { input, query }, maml({ innerSteps: 0 }));
      const names = Object.keys(inputs).filter((name) => /^(meta\/tower|global|table)/.test(name));
      const gradients = grad(
        loss,
        names.map((name) => tensors[name]!),
      );
      return {
        loss,
        ...Object.fromEntries(names.map((name, i) => [`grad/${name}`, gradients[i]!])),
      };
    });
    const feeds = randomFeeds(program, 4);
    const actual = run(program, feeds);
    const expected = Object.entries(run(byHand, feeds));
    expect(expected.length).toBeGreaterThan(8);
    for (const [name, { data }] of expected) expectClose(actual[name]!.data, data, 1e-12);
  });

  it('keeps tasks and padding apart', () => {
    expectTasksApart(toyModel(), reptile({ innerSteps: 2 }));
    const options = {
      innerOptimiser: { kind: 'momentum', beta: 0.5 },
      innerDropout: true,
    } as const;
    expectTasksApart(toyModel(), reptile({ ...options, taskWeighting: 'uniform' }));
  });

  it('is conventional training with no inner steps', () => {
    const [program, plain] = [reptile({ innerSteps: 0 }), maml({ innerSteps: 0 })].map(
      (algorithm) => trainProgram(toyModel(), algorithm),
    );
    const feeds = randomFeeds(plain!, 6);
    expect(run(program!, feeds)).toEqual(run(plain!, feeds));
  });

  it('with one step is conventional training of the adapted parameters on all rows', () => {
    const model = constantModel((x) => x);
    const gradientOf = (options: Feeds = {}): number =>
      gradientAt(model, reptile({ loss: 'squared-error', innerSteps: 1 }), options).gradient[
        'meta/w'
      ]![0]!;
    const ofTasks = [0, 1].map((task) => {
      const labels = [...QUADRATIC.support[task]!, ...QUADRATIC.query[task]!];
      return labels.reduce((sum, y) => sum + (2 * (w - y)) / labels.length, 0);
    });
    expect(gradientOf()).toBeCloseTo((ofTasks[0]! + ofTasks[1]!) / 2, 12);
  });

  it('adapts to the support set alone once it is trained', () => {
    const program = adaptProgram(toyModel(), reptile());
    expect(Object.keys(program.inputs).some((name) => name.startsWith('query/'))).toBe(false);
    const feeds = randomFeeds(program, 3);
    const none = feeds['support/mask']!.data.map(() => 0);
    const empty = withData(feeds, 'support/mask', none);
    const still = adaptProgram(toyModel(), maml({ innerSteps: 0 }));
    expect(run(program, empty)).toEqual(run(still, empty));
  });
});
