import {
  constant,
  grad,
  interpret,
  type Program,
  spec,
  sum,
  type Tensor,
  type TensorSpec,
  trace,
} from '@limaml/graph';
import { describe, expect, it } from 'vitest';
import { type Feeds, randomFeeds, run } from '../toy-model.test-support.js';
import { flattenTree, mapTree, type Tree } from '../tree.js';
import { multiHeadAttention } from './attention.js';
import { crossNetwork } from './cross-network.js';
import { dense } from './dense.js';
import { embed, embedMean } from './embedding.js';
import type { Layer } from './layer.js';
import { layerNorm } from './layer-norm.js';
import { lowRankCrossNetwork } from './low-rank-cross-network.js';
import { mlp } from './mlp.js';
import { meanPool, rootSumPool } from './pooling.js';
import { residualMlp } from './residual.js';
import { transformerLayer } from './transformer.js';

/** A layer on x, with shared parameters or with a set for each of the tasks. */
function program(layer: Layer, x: TensorSpec, perTask: boolean): Program {
  const leaves = flattenTree(layer.params);
  const parameters = leaves.map(([path, { shape }]) => {
    return [`p/${path}`, spec(perTask ? ['T', ...shape] : shape)] as const;
  });
  return trace({ x, ...Object.fromEntries(parameters) }, (tensors) => {
    const named = tensors as Readonly<Record<string, Tensor>>;
    const params: Tree<Tensor> = mapTree(layer.params, (_, path) => named[`p/${path}`]!);
    return { y: layer.apply(params, named.x!) };
  });
}

/** What task `task` is fed: shared parameters get its own. */
function taskFeeds(feeds: Feeds, task: number): Feeds {
  return Object.fromEntries(
    Object.entries(feeds).map(([name, { shape, data }]) => {
      const [tasks, ...rest] = shape;
      const size = data.length / tasks!;
      const own = data.slice(task * size, (task + 1) * size);
      return [name, { shape: name === 'x' ? [1, ...rest] : rest, data: own }];
    }),
  );
}

describe('fast weights', () => {
  const layers: readonly (readonly [string, Layer, number])[] = [
    ['dense', dense({ inputs: 4, outputs: 3 }), 4],
    ['dense without bias', dense({ inputs: 4, outputs: 3, bias: false }), 4],
    ['mlp', mlp({ widths: [4, 3, 2], activation: 'tanh', outputActivation: 'sigmoid' }), 4],
    ['crossNetwork', crossNetwork({ width: 4, depth: 2 }), 4],
    ['lowRankCrossNetwork', lowRankCrossNetwork({ width: 4, depth: 2, rank: 2 }), 4],
    ['layerNorm', layerNorm({ width: 4 }), 4],
    ['residualMlp', residualMlp({ width: 4, hidden: 3, activation: 'tanh' }), 4],
  ];
  const overRows: readonly (readonly [string, Layer, number])[] = [
    ['multiHeadAttention', multiHeadAttention({ width: 4, heads: 2 }), 4],
    ['attention with one head', multiHeadAttention({ width: 4 }), 4],
    ['transformerLayer', transformerLayer({ width: 4, heads: 2, activation: 'silu' }), 4],
  ];
  const shapes = [['T'], ['T', 'S'], ['T', 'S', 'Q']];
  const cases = [...layers, ...overRows].flatMap(([name, layer, width]) =>
    shapes
      .filter((shape) => shape.length > 1 || layers.some(([other]) => other === name))
      .map((shape) => ({ name, layer, shape: [...shape, width] })),
  );

  it.each(cases)('of $name on x $shape do what each task’s own do', ({ layer, shape }) => {
    const together = program(layer, spec(shape), true);
    const feeds = randomFeeds(together, 5);
    const all = run(together, feeds).y!;
    const alone = program(layer, spec(shape), false);
    const tasks = [0, 1, 2].flatMap((task) => [...run(alone, taskFeeds(feeds, task)).y!.data]);
    expect(all.data.length).toBe(tasks.length);
    all.data.forEach((value, i) => {
      expect(value).toBeCloseTo(tasks[i]!, 12);
    });
  });
});

describe('layers', () => {
  const apply = (layer: Layer, x: readonly number[], parameters: Record<string, number[]>) => {
    const shared = program(layer, spec(['T', x.length]), false);
    const specs = flattenTree(layer.params).map(([path, { shape }]) => {
      return [`p/${path}`, { shape, data: parameters[path]! }] as const;
    });
    const feeds = { x: { shape: [1, x.length], data: x }, ...Object.fromEntries(specs) };
    return [...interpret(shared, feeds).y!.data];
  };

  it('dense: y = xW + b', () => {
    const layer = dense({ inputs: 2, outputs: 2 });
    expect(apply(layer, [1, 2], { kernel: [1, 2, 3, 4], bias: [10, 20] })).toEqual([17, 30]);
  });

  it('crossNetwork: x₀ ⊙ (Wx + b) + x', () => {
    const layer = crossNetwork({ width: 2, depth: 1 });
    const parameters = { 'layers/0/kernel': [1, 2, 3, 4], 'layers/0/bias': [1, 1] };
    expect(apply(layer, [1, 2], parameters)).toEqual([1 * 8 + 1, 2 * 11 + 2]);
    expect(apply(crossNetwork({ width: 2, depth: 0 }), [1, 2], {})).toEqual([1, 2]);
  });

  it('lowRankCrossNetwork: x₀ ⊙ (U Vᵀ x + b) + x', () => {
    const layer = lowRankCrossNetwork({ width: 2, depth: 1, rank: 1 });
    const parameters = {
      'layers/0/down/kernel': [1, 3],
      'layers/0/up/kernel': [1, 2],
      'layers/0/up/bias': [1, 1],
    };
    expect(apply(layer, [1, 2], parameters)).toEqual([1 * 8 + 1, 2 * 15 + 2]);
  });

  it('layerNorm: mean 0 and variance 1, then scale and shift', () => {
    const y = apply(layerNorm({ width: 2, epsilon: 0 }), [1, 5], { scale: [2, 2], shift: [1, 1] });
    expect(y).toEqual([-1, 3]);
  });

  it('mlp multiplies hidden units by dropout masks', () => {
    const tower = mlp({ widths: [1, 2, 1], activation: 'linear' });
    const halved: Layer = {
      params: tower.params,
      apply: (params, x) => tower.apply(params, x, [constant([0, 2])]),
    };
    const parameters = {
      'layers/0/kernel': [3, 5],
      'layers/0/bias': [0, 0],
      'layers/1/kernel': [1, 1],
      'layers/1/bias': [0],
    };
    expect(apply(tower, [1], parameters)).toEqual([8]);
    expect(apply(halved, [1], parameters)).toEqual([10]);
  });
});

describe('embedding and pooling', () => {
  const table = { shape: [3, 2], data: [100, 100, 1, 2, 3, 6] };

  it('embed looks rows up, embedMean averages real ids', () => {
    const both = trace({ table: spec([3, 2]), ids: spec(['T', 2], 'int32') }, (inputs) => ({
      rows: embed(inputs.table, inputs.ids),
      mean: embedMean(inputs.table, inputs.ids),
    }));
    const ids = { shape: [3, 2], data: [1, 2, 2, 0, 0, 0] };
    const { rows, mean } = interpret(both, { table, ids });
    expect(rows!.shape).toEqual([3, 2, 2]);
    expect([...mean!.data]).toEqual([2, 4, 3, 6, 0, 0]);
  });

  it('padding gets no gradient', () => {
    const gradient = trace({ table: spec([3, 2]), ids: spec(['T', 2], 'int32') }, (inputs) => {
      const [g] = grad(sum(embedMean(inputs.table, inputs.ids)), [inputs.table]);
      return { g: g! };
    });
    const ids = { shape: [1, 2], data: [2, 0] };
    expect([...interpret(gradient, { table, ids }).g!.data]).toEqual([0, 0, 0, 0, 1, 1]);
  });

  it('pools real rows', () => {
    const pools = trace({ x: spec(['T', 3, 1]), mask: spec(['T', 3]) }, ({ x, mask }) => ({
      mean: meanPool(x, mask),
      shrunk: meanPool(x, mask, 2),
      root: rootSumPool(x, mask),
    }));
    const feeds = {
      x: { shape: [2, 3, 1], data: [1, 4, 9, 5, 5, 5] },
      mask: { shape: [2, 3], data: [1, 1, 0, 0, 0, 0] },
    };
    const { mean, shrunk, root } = interpret(pools, feeds);
    expect([...mean!.data]).toEqual([2.5, 0]);
    expect([...shrunk!.data]).toEqual([1.25, 0]);
    expect([...root!.data]).toEqual([5 / Math.sqrt(3), 0]);
  });
});
