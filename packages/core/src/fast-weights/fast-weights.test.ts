import {
  mul,
  type Program,
  reshape,
  spec,
  squeeze,
  sum,
  type Tensor,
  topologicalOrder,
  trace,
} from '@limaml/graph';
import { describe, expect, it } from 'vitest';
import type { Algorithm } from '../algorithm/algorithm.js';
import { maml } from '../algorithm/presets/maml.js';
import { innerLoop } from '../inner-loop/inner-loop.js';
import { crossNetwork } from '../layers/cross-network.js';
import { dense } from '../layers/dense.js';
import { mlp } from '../layers/mlp.js';
import { meanPool } from '../layers/pooling.js';
import type { Model, ParamSpec } from '../model.js';
import { readMetaInput, readParams } from '../programs/program-inputs.js';
import { adaptProgram, trainProgram } from '../programs/programs.js';
import { randomFeeds, run, toyModel } from '../toy-model.test-support.js';
import { branch, leaf, type Tree } from '../tree.js';
import { isLowRankCheaper } from './cost-rule.js';

/** A meta block over support rows, and a global block that multiplies its embedding with row features. */
function rowsModel(
  params: Tree<ParamSpec>,
  apply: (meta: Tree<Tensor>, rows: Tensor) => Tensor,
): Model {
  return {
    name: 'rows',
    embeddingDim: 2,
    inputs: {
      entity: {},
      rows: { 'row.x': spec(['T', 'B', 4]), 'row.y': spec(['T', 'B', 2]) },
      outcomes: {},
    },
    params: { meta: params, global: {} },
    tables: {},
    noise: {},
    metaEmbedding: (meta, { support }) =>
      meanPool(apply(meta, support.rows['row.x']!), support.mask),
    score: (_, { embedding, rows }) =>
      sum(mul(reshape(embedding, [embedding.shape[0]!, 1, 2]), rows['row.y']!), { axes: [-1] }),
  };
}

const tower = mlp({ widths: [4, 5, 3, 2], activation: 'tanh' });
const towerModel = rowsModel(tower.params, (meta, rows) => tower.apply(meta, rows));

const cross = crossNetwork({ width: 4, depth: 2 });
const twice = dense({ inputs: 4, outputs: 4, bias: false });
const last = dense({ inputs: 4, outputs: 2 });
/** A kernel used twice in a pass, a layer without bias, rows with one more axis, a cross network. */
const mixedModel = rowsModel(
  { cross: cross.params, twice: twice.params, last: last.params },
  (meta, rows) => {
    const crossed = cross.apply(branch(meta, 'cross'), rows);
    const grid = reshape(crossed, [rows.shape[0]!, rows.shape[1]!, 1, 4]);
    const once = twice.apply(branch(meta, 'twice'), grid);
    const again = twice.apply(branch(meta, 'twice'), once);
    return last.apply(branch(meta, 'last'), squeeze(again, 2));
  },
);

/** A kernel that is a factor too, and one bias for two layers. */
const first = dense({ inputs: 4, outputs: 2, bias: false });
const second = dense({ inputs: 2, outputs: 2 });
const sharedModel = rowsModel({ first: first.params, second: second.params }, (meta, rows) => {
  const inner = branch(meta, 'second');
  const hidden = first.apply(branch(meta, 'first'), rows);
  const kernel = leaf(inner, 'kernel');
  const factor = reshape(sum(kernel, { axes: [-1] }), [rows.shape[0]!, 1, 2]);
  return mul(second.apply(inner, second.apply(inner, hidden)), factor);
});

const models = { tower: towerModel, mixed: mixedModel, shared: sharedModel, entity: toyModel() };
type Forms = Algorithm['fastWeights'];
const program = (model: Model, options: Partial<Algorithm>, fastWeights: Forms) =>
  trainProgram(model, maml({ innerLearningRate: 0.4, ...options, fastWeights }));

/** The largest difference of any loss or gradient, relative to the largest number of that tensor. */
function gap(model: Model, options: Partial<Algorithm>, form: Forms = 'low-rank'): number {
  const materialised = program(model, options, 'materialised');
  const feeds = randomFeeds(materialised, 5);
  const expected = run(materialised, feeds);
  const actual = run(program(model, options, form), feeds);
  expect(Object.keys(actual)).toEqual(Object.keys(expected));
  const gaps = Object.entries(expected).map(([name, { data }]) => {
    const scale = Math.max(1, ...data.map(Math.abs));
    return Math.max(...data.map((value, i) => Math.abs(value - actual[name]!.data[i]!) / scale));
  });
  return Math.max(...gaps);
}

const perParameter = { initial: 0.4, per: 'parameter' } as const;

describe('low-rank fast weights give the numbers of materialised ones', () => {
  const cases = [1, 2, 3, 5, 10].flatMap((innerSteps) =>
    (['first', 'second'] as const).map((order) => ({ innerSteps, order })),
  );
  it.each(cases)('$innerSteps steps, $order order', (options) => {
    expect(gap(towerModel, options)).toBeLessThan(1e-10);
    expect(gap(towerModel, { ...options, innerLearningRate: perParameter })).toBeLessThan(1e-10);
  });

  it.each(Object.entries(models))('any use of dense layers: %s', (_, model) => {
    for (const order of ['first', 'second'] as const) {
      expect(gap(model, { innerSteps: 3, order })).toBeLessThan(1e-10);
      expect(gap(model, { innerSteps: 3, order }, 'auto')).toBeLessThan(1e-10);
    }
    expect(gap(model, { innerSteps: 2, innerLearningRate: perParameter })).toBeLessThan(1e-10);
    const perElement = { initial: 0.4, per: 'element' } as const;
    expect(gap(model, { innerSteps: 2, innerLearningRate: perElement })).toBeLessThan(1e-10);
  });

  it.each(['kernel', 'bias', 'layers/1'])('when only %s is adapted', (part) => {
    const adapts = (path: string): boolean => path.includes(part);
    expect(gap(towerModel, { innerSteps: 3, adapts })).toBeLessThan(1e-10);
  });
});

/** Tells whether an adapted kernel of this shape is ever formed per task. */
function forms(
  model: Model,
  options: Partial<Algorithm>,
  shape: readonly (number | string)[],
): boolean {
  const { outputs } = adaptProgram(model, maml(options));
  return topologicalOrder(Object.values(outputs)).some(
    (tensor) => tensor.shape.join() === shape.join(),
  );
}

describe('the form', () => {
  it('never has a matrix per task when it is low-rank', () => {
    const options = { innerSteps: 3, fastWeights: 'low-rank' } as const;
    for (const shape of [
      ['T', 4, 5],
      ['T', 5, 3],
      ['T', 3, 2],
    ]) {
      expect(forms(towerModel, options, shape)).toBe(false);
      expect(forms(towerModel, { ...options, fastWeights: 'materialised' }, shape)).toBe(true);
    }
  });

  it('is materialised where a rate per element or another use needs the matrix', () => {
    const fastWeights = 'low-rank' as const;
    const perElement = { initial: 0.4, per: 'element' } as const;
    expect(forms(towerModel, { fastWeights, innerLearningRate: perElement }, ['T', 4, 5])).toBe(
      true,
    );
    expect(forms(sharedModel, { fastWeights }, ['T', 2, 2])).toBe(true);
    expect(forms(sharedModel, { fastWeights }, ['T', 4, 2])).toBe(false);
  });

  it('is chosen by the cost rule', () => {
    const wide = mlp({ widths: [4, 400, 2] });
    const model = rowsModel(wide.params, (meta, rows) => wide.apply(meta, rows));
    const isFormed = (shape: (number | string)[]): boolean =>
      forms(model, { innerSteps: 5 }, shape);
    expect([isFormed(['T', 4, 400]), isFormed(['T', 400, 2])]).toEqual([true, true]);
    expect(forms(toyModel(), {}, ['T', 7, 3])).toBe(false);
  });

  it('is part of what innerLoop returns: its fast weights are tensors like any other', () => {
    const algorithm = (fastWeights: Forms): Algorithm => maml({ innerSteps: 2, fastWeights });
    const { inputs } = adaptProgram(towerModel, algorithm('materialised'));
    const adapted = (fastWeights: Forms): Program =>
      trace(inputs, (tensors) => {
        const input = readMetaInput(towerModel, tensors);
        const theta = readParams(towerModel, tensors);
        const { meta } = innerLoop(towerModel, theta, input, algorithm(fastWeights));
        return { kernel: leaf(branch(branch(meta, 'layers'), '1'), 'kernel') };
      });
    const values = (['materialised', 'low-rank'] as const).map(
      (form) => run(adapted(form), randomFeeds(adapted(form), 6)).kernel!,
    );
    expect(values[0]!.shape).toEqual([3, 5, 3]);
    values[0]!.data.forEach((value, i) => {
      expect(values[1]!.data[i]).toBeCloseTo(value, 12);
    });
  });
});

describe('isLowRankCheaper', () => {
  const layer = { rows: 20, inputs: 160, outputs: 64, steps: 5, fixedInput: true };
  it.each([
    ['a first layer', layer, true],
    ['a first layer and very many rows', { ...layer, rows: 400 }, false],
    ['a narrow first layer', { ...layer, outputs: 1, steps: 1 }, false],
    ['a deeper layer, five steps', { ...layer, fixedInput: false }, false],
    ['a deeper layer, one step', { ...layer, fixedInput: false, steps: 1 }, true],
    ['one row per task', { ...layer, rows: 1, fixedInput: false }, true],
    ['a number of rows that is not known', { ...layer, rows: 'S' }, true],
  ] as const)('%s', (_, cost, expected) => {
    expect(isLowRankCheaper(cost)).toBe(expected);
  });
});
