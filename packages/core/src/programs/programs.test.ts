import { sum, type Tensor, trace, type Value } from '@limaml/graph';
import { describe, expect, it } from 'vitest';
import type { Algorithm } from '../algorithm/algorithm.js';
import { maml } from '../algorithm/presets/maml.js';
import { taskOf, withGarbage } from '../quadratic.test-support.js';
import { randomFeeds, run, toyModel, withData } from '../toy-model.test-support.js';
import { innerLoop } from '../inner-loop/inner-loop.js';
import { supportLoss } from '../inner-loop/support-loss.js';
import { readMetaInput, readParams } from './program-inputs.js';
import { hostTableSpecs, parameterSpecs } from './parameter-specs.js';
import {
  adaptProgram,
  evaluateProgram,
  priorProgram,
  scoreProgram,
  trainProgram,
} from './programs.js';

const model = toyModel();
const algorithm = maml({ innerSteps: 2, innerLearningRate: { initial: 1, per: 'element' } });

/** Largest absolute difference. */
function gap(a: Value, b: Value): number {
  expect(a.shape).toEqual(b.shape);
  return Math.max(...a.data.map((value, i) => Math.abs(value - b.data[i]!)));
}

describe('adapt, score, evaluate, prior', () => {
  const evaluate = evaluateProgram(model, algorithm);
  const feeds = randomFeeds(evaluate, 11);

  it('evaluate = score ∘ adapt', () => {
    const { embedding, logits } = run(evaluate, feeds);
    const adapted = run(adaptProgram(model, algorithm), feeds).embedding!;
    expect(adapted).toEqual(embedding);
    const scored = run(scoreProgram(model), {
      ...feeds,
      embedding: { shape: adapted.shape, data: [...adapted.data] },
      'row.item': feeds['query/row.item']!,
      'row.x': feeds['query/row.x']!,
    });
    expect(scored.logits).toEqual(logits);
    const sigmoid = scored.logits!.data.map((z) => 1 / (1 + Math.exp(-z)));
    expect(gap(scored.probability!, { ...logits!, data: sigmoid })).toBeLessThan(1e-15);
  });

  it('prior = adapt with an empty support set, whatever lies in its padding', () => {
    const size = feeds['support/mask']!.data.length;
    const empty = withData(feeds, 'support/mask', Array<number>(size).fill(0));
    const prior = run(priorProgram(model), empty).embedding!;
    expect(gap(run(adaptProgram(model, algorithm), empty).embedding!, prior)).toBe(0);
    expect(prior.data.every(Number.isFinite)).toBe(true);
  });

  it('adapts: the embedding differs from that of the initial weights', () => {
    const still = run(adaptProgram(model, maml({ innerSteps: 0 })), feeds).embedding!;
    expect(gap(run(evaluate, feeds).embedding!, still)).toBeGreaterThan(1e-2);
  });

  it('lowers the support loss with every step', () => {
    const program = trace(evaluate.inputs, (tensors) => {
      const input = readMetaInput(model, tensors);
      const theta = readParams(model, tensors);
      const after = (innerSteps: number): Tensor => {
        const steps = maml({ innerSteps, innerLearningRate: 0.3 });
        return sum(supportLoss(model, innerLoop(model, theta, input, steps), input, steps));
      };
      return { 0: after(0), 1: after(1), 2: after(2), 5: after(5) };
    });
    const losses = Object.values(run(program, feeds)).map(({ data }) => data[0]!);
    expect(losses).toEqual(losses.toSorted((a, b) => b - a));
    expect(losses[3]).toBeLessThan(0.97 * losses[0]!);
  });

  it('takes only the inputs it uses', () => {
    expect(
      Object.keys(scoreProgram(model).inputs).filter((name) => !name.startsWith('global/')),
    ).toEqual(['table/item', 'embedding', 'row.item', 'row.x']);
    expect(
      Object.keys(priorProgram(model).inputs).filter((name) => !name.startsWith('meta/')),
    ).toEqual(['table/item', 'entity.profile']);
    const unadapted = Object.keys(adaptProgram(model, maml({ innerSteps: 0 })).inputs);
    expect(unadapted.some((name) => name.startsWith('global/'))).toBe(false);
    expect(Object.keys(evaluate.inputs)).not.toContain('query/label');
  });
});

describe('a batch of tasks', () => {
  const train = trainProgram(model, algorithm);

  it('gives each task what it gives the task alone', () => {
    const evaluate = evaluateProgram(model, algorithm);
    const feeds = randomFeeds(evaluate, 21);
    const together = run(evaluate, feeds);
    for (let task = 0; task < 3; task++) {
      const alone = run(evaluate, taskOf(feeds, task, 3));
      for (const name of ['embedding', 'logits']) {
        const size = alone[name]!.data.length;
        const slice = together[name]!.data.slice(task * size, (task + 1) * size);
        expect(gap(alone[name]!, { shape: alone[name]!.shape, data: slice })).toBeLessThan(1e-14);
      }
    }
  });

  it('has the row-weighted mean of the tasks’ losses and gradients', () => {
    const feeds = randomFeeds(train, 22);
    const together = run(train, feeds);
    const alone = [0, 1, 2].map((task) => taskOf(feeds, task, 3));
    const rows = alone.map((task) => task['query/mask']!.data.reduce((a, b) => a + b));
    const total = rows.reduce((a, b) => a + b);
    const outputs = alone.map((task) => run(train, task));
    for (const [name, { shape, data }] of Object.entries(together)) {
      const mean = data.map((_, i) =>
        outputs.reduce(
          (sum, output, task) => sum + (rows[task]! / total) * output[name]!.data[i]!,
          0,
        ),
      );
      expect(gap({ shape, data: mean }, together[name]!)).toBeLessThan(1e-13);
    }
  });

  it('is not touched by padding: garbage in masked rows changes no number at all', () => {
    const feeds = randomFeeds(train, 23);
    const clean = run(train, feeds);
    const dirty = run(train, withGarbage(feeds));
    for (const [name, { data }] of Object.entries(clean)) {
      expect(data.every((value, i) => value === dirty[name]!.data[i])).toBe(true);
    }
  });
});

describe('parameterSpecs', () => {
  it('names every dense parameter like its input', () => {
    const { inputs } = trainProgram(model, algorithm);
    const specs = parameterSpecs(model, algorithm);
    const dense = Object.keys(inputs).filter((name) => /^(meta|global|rate|table)\//.test(name));
    expect(Object.keys(specs).toSorted()).toEqual(dense.toSorted());
    for (const name of dense) expect(specs[name]!.shape).toEqual(inputs[name]!.shape);
  });

  it('leaves tables that are fed by rows to the host', () => {
    const sparse = toyModel('rows');
    expect(Object.keys(parameterSpecs(sparse, algorithm))).not.toContain('table/item');
    expect(hostTableSpecs(sparse)).toEqual({
      'table/item': { shape: [5, 2], init: { kind: 'normal', stddev: 1 } },
    });
    expect(hostTableSpecs(model)).toEqual({});
  });

  it('has a rate per element or per parameter, of adapted parameters only', () => {
    const rates = (per: 'element' | 'parameter'): Record<string, readonly number[]> => {
      const options: Partial<Algorithm> = {
        innerLearningRate: { initial: 0.5, per },
        adapts: (path) => path.endsWith('bias'),
      };
      const specs = Object.entries(parameterSpecs(model, maml(options)));
      const named = specs.filter(([name]) => name.startsWith('rate/'));
      return Object.fromEntries(named.map(([name, { shape }]) => [name, shape]));
    };
    expect(rates('element')).toEqual({
      'rate/meta/tower/layers/0/bias': [3],
      'rate/meta/tower/layers/1/bias': [2],
    });
    expect(Object.values(rates('parameter'))).toEqual([[], []]);
  });
});

describe('maml', () => {
  it.each([
    [{ innerSteps: 1.5 }],
    [{ innerSteps: -1 }],
    [{ innerLearningRate: NaN }],
    [{ innerLearningRate: { initial: -1, per: 'element' as const } }],
    [{ supportShrinkage: -1 }],
  ])('refuses %o', (options) => {
    expect(() => maml(options)).toThrow('LIMAML_ERR_CORE_OPTION_INVALID');
  });

  it('refuses inner steps that move nothing', () => {
    const nothing = maml({ adapts: (path) => path.startsWith('global/') });
    expect(() => adaptProgram(model, nothing)).toThrow('LIMAML_ERR_CORE_NOTHING_ADAPTED');
    expect(() => adaptProgram(model, maml({ ...nothing, innerSteps: 0 }))).not.toThrow();
  });
});
