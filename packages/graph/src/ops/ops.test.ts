import { describe, expect, it } from 'vitest';
import * as g from '../index.js';
import type { Tensor, TensorSpec } from '../index.js';

const { spec } = g;
const specs = {
  x: spec([2, 3]),
  w: spec([4, 5]),
  t: spec(['T', 3]),
  s: spec(['S', 3]),
  v: spec([3]),
  ids: spec(['T'], 'int32'),
  ok: spec(['T'], 'bool'),
} satisfies Record<string, TensorSpec>;
type Inputs = g.TensorsOf<typeof specs>;

const inferred = (fn: (t: Inputs) => Tensor): TensorSpec => {
  const { y } = g.trace(specs, (t) => ({ y: fn(t) })).outputs;
  return spec(y!.shape, y!.dtype);
};

describe('shapes and types', () => {
  it.each<readonly [string, (t: Inputs) => Tensor, TensorSpec]>([
    ['broadcasting', (t) => g.add(t.t, t.v), spec(['T', 3])],
    ['a number takes the type it meets', (t) => g.add(t.ids, 1), spec(['T'], 'int32')],
    ['comparison', (t) => g.less(1, t.ids), spec(['T'], 'bool')],
    ['select of numbers', (t) => g.select(t.ok, 1, 0), spec(['T'])],
    ['select takes the type of its values', (t) => g.select(t.ok, t.ids, 0), spec(['T'], 'int32')],
    ['matMul', (t) => g.matMul(t.t, t.s, { transposeB: true }), spec(['T', 'S'])],
    ['concat', (t) => g.concat([t.s, t.t], 0), spec(['S+T', 3])],
    ['slice of concat', (t) => g.slice(g.concat([t.s, t.t], 0), 0, 'S', 'S+T'), spec(['T', 3])],
    ['pad', (t) => g.pad(t.t, 0, 1, 'S'), spec(['S+T+1', 3])],
    ['reshape', (t) => g.reshape(t.t, ['3*T']), spec(['3*T'])],
    ['transpose', (t) => g.transpose(t.t), spec([3, 'T'])],
    ['sum', (t) => g.sum(t.t, { axes: [-1] }), spec(['T'])],
    ['sum with kept axes', (t) => g.sum(t.t, { axes: [0], keepDims: true }), spec([1, 3])],
    ['gather', (t) => g.gather(t.s, t.ids), spec(['T', 3])],
    ['scatterAdd', (t) => g.scatterAdd(t.ids, t.t, 'U'), spec(['U', 3])],
    ['expandDims', (t) => g.expandDims(t.t, -1), spec(['T', 3, 1])],
    ['squeeze', (t) => g.squeeze(g.expandDims(t.t, 0), 0), spec(['T', 3])],
    ['dimSize', () => g.dimSize('T'), spec([])],
    ['cast', (t) => g.cast(t.ok, 'float32'), spec(['T'])],
    ['constant', () => g.constant([1, 2, 3, 4], [2, 2]), spec([2, 2])],
  ])('%s', (_, fn, expected) => {
    expect(inferred(fn)).toEqual(expected);
  });
});

describe('shape errors name the op and both shapes', () => {
  it.each<readonly [string, (t: Inputs) => Tensor]>([
    [
      'LIMAML_ERR_GRAPH_SHAPE_MISMATCH: matMul cannot combine shapes [2, 3] and [4, 5] (op "matMul"). Expected: […, m, k] and […, k, n], batch dimensions that broadcast.',
      (t) => g.matMul(t.x, t.w),
    ],
    [
      'matMul cannot combine shapes [2, 3] and [4, 5] (op "matMul"). Expected: […, m, k] and […, k, n] with transposeB,',
      (t) => g.matMul(t.x, t.w, { transposeB: true }),
    ],
    ['LIMAML_ERR_GRAPH_RANK: matMul got shape [3]', (t) => g.matMul(t.x, t.v)],
    [
      'LIMAML_ERR_GRAPH_SHAPE_MISMATCH: add cannot combine shapes [T, 3] and [S, 3]',
      (t) => g.add(t.t, t.s),
    ],
    [
      'LIMAML_ERR_GRAPH_SHAPE_MISMATCH: select cannot combine shapes [T] and [2, 3]',
      (t) => g.select(t.ok, t.x, 0),
    ],
    [
      'LIMAML_ERR_GRAPH_SHAPE_MISMATCH: broadcastTo cannot combine shapes [2, 3] and [3]',
      (t) => g.broadcastTo(t.x, [3]),
    ],
    [
      'LIMAML_ERR_GRAPH_SHAPE_MISMATCH: concat cannot combine shapes [2, 3] and [4, 5]',
      (t) => g.concat([t.x, t.w], 0),
    ],
    [
      'LIMAML_ERR_GRAPH_SHAPE_MISMATCH: scatterAdd cannot combine shapes [T] and [S, 3]',
      (t) => g.scatterAdd(t.ids, t.s, 5),
    ],
    [
      'LIMAML_ERR_GRAPH_RESHAPE: reshape cannot turn shape [T, 3] into [T, 4]',
      (t) => g.reshape(t.t, ['T', 4]),
    ],
    [
      'LIMAML_ERR_GRAPH_PERMUTATION: transpose got permutation [0, 0] for shape [2, 3]',
      (t) => g.transpose(t.x, [0, 0]),
    ],
    [
      'LIMAML_ERR_GRAPH_RANGE: slice got 1 and 4 on axis 1 of shape [2, 3]',
      (t) => g.slice(t.x, 1, 1, 4),
    ],
    [
      'LIMAML_ERR_GRAPH_RANGE: slice got 2 and 1 on axis 1 of shape [2, 3]',
      (t) => g.slice(t.x, 1, 2, 1),
    ],
    [
      'LIMAML_ERR_GRAPH_AXIS: sum has no axis 2 in shape [2, 3] (op "sum"). Expected: an integer from -2 to 1',
      (t) => g.sum(t.x, { axes: [2] }),
    ],
    [
      'LIMAML_ERR_GRAPH_AXIS: mean has no axis 0 in shape [2, 3]',
      (t) => g.mean(t.x, { axes: [-2, 0] }),
    ],
    ['LIMAML_ERR_GRAPH_AXIS: squeeze has no axis 0', (t) => g.squeeze(t.x, 0)],
    ['LIMAML_ERR_GRAPH_DTYPE: add cannot take float32 and int32', (t) => g.add(t.t, t.ids)],
    ['LIMAML_ERR_GRAPH_DTYPE: div cannot take int32 and int32', (t) => g.div(t.ids, 2)],
    ['LIMAML_ERR_GRAPH_DTYPE: exp cannot take int32', (t) => g.exp(t.ids)],
    [
      'LIMAML_ERR_GRAPH_DTYPE: logicalAnd cannot take bool and float32',
      (t) => g.logicalAnd(t.ok, t.v),
    ],
    ['LIMAML_ERR_GRAPH_DTYPE: gather cannot take float32 and float32', (t) => g.gather(t.x, t.v)],
    ['LIMAML_ERR_GRAPH_DTYPE: sum cannot take bool', (t) => g.sum(t.ok)],
    ['LIMAML_ERR_GRAPH_CONCAT_EMPTY: concat got no tensors', () => g.concat([], 0)],
    [
      'LIMAML_ERR_GRAPH_CONSTANT_SIZE: 3 numbers cannot fill a constant of shape [2, 2]',
      () => g.constant([1, 2, 3], [2, 2]),
    ],
    [
      'LIMAML_ERR_GRAPH_CONSTANT_SIZE: 1 number cannot fill a constant of shape [T]',
      () => g.constant([1], ['T']),
    ],
    ['LIMAML_ERR_GRAPH_DIM_INVALID: -1 is not a dimension', (t) => g.reshape(t.x, [-1])],
  ])('%s', (message, fn) => {
    expect(() => inferred(fn)).toThrow(message);
  });
});
