import { describe, expect, it } from 'vitest';
import * as g from './index.js';

const { spec, trace } = g;
const feed = (shape: readonly number[], ...data: number[]): g.Feed => ({ shape, data });

const mean = trace({ x: spec(['T', 'B']), w: spec(['B']) }, ({ x, w }) => ({
  y: g.mean(g.mul(x, w)),
}));

describe('trace', () => {
  it('keeps the order of ports', () => {
    expect(Object.keys(mean.inputs)).toEqual(['x', 'w']);
  });

  it('refuses inputs of another program', () => {
    const other = mean.inputs.x!;
    expect(() => trace({ z: spec([]) }, ({ z }) => ({ y: g.add(z, other) }))).toThrow(
      'LIMAML_ERR_GRAPH_FOREIGN_INPUT: The outputs depend on input "x" of another program',
    );
  });
});

describe('interpret', () => {
  it('takes sizes of symbols from the feeds', () => {
    const { y } = g.interpret(mean, { x: feed([1, 2], 1, 2), w: feed([2], 3, 5) });
    expect(y).toEqual({ shape: [], data: Float64Array.of(6.5) });
  });

  it('keeps numbers in double precision', () => {
    const program = trace({}, () => ({ y: g.add(0.1, g.constant([0.2])) }));
    expect([...g.interpret(program, {}).y!.data]).toEqual([0.1 + 0.2]);
  });

  it('is stable for large numbers', () => {
    const program = trace({ x: spec([2]) }, ({ x }) => ({
      s: g.sigmoid(x),
      p: g.softplus(x),
      m: g.softmax(x),
    }));
    const { s, p, m } = g.interpret(program, { x: feed([2], -1000, 1000) });
    expect([s, p, m].map((value) => [...value!.data])).toEqual([
      [0, 1],
      [0, 1000],
      [0, 1],
    ]);
  });

  it('adds repeated indices up', () => {
    const program = trace({ at: spec([3], 'int32'), u: spec([3]) }, ({ at, u }) => ({
      y: g.scatterAdd(at, u, 2),
    }));
    const { y } = g.interpret(program, { at: feed([3], 1, 0, 1), u: feed([3], 1, 2, 4) });
    expect([...y!.data]).toEqual([2, 5]);
  });

  it('takes empty tensors', () => {
    const program = trace({ x: spec(['T', 2]), w: spec([2, 3]) }, ({ x, w }) => ({
      y: g.sum(g.matMul(x, w), { axes: [0] }),
    }));
    const { y } = g.interpret(program, { x: feed([0, 2]), w: feed([2, 3], 1, 2, 3, 4, 5, 6) });
    expect([...y!.data]).toEqual([0, 0, 0]);
  });

  const ids = trace(
    { table: spec([2]), at: spec([1], 'int32'), ok: spec([1], 'bool') },
    ({ table, at, ok }) => ({
      y: g.select(ok, g.gather(table, at), 0),
    }),
  );
  const fed = { table: feed([2], 1, 2), at: feed([1], 1), ok: feed([1], 1) };

  it.each<readonly [string, () => unknown]>([
    [
      'LIMAML_ERR_GRAPH_FEED_MISSING: Input "w" is not fed (input "w"). Expected: a tensor of shape [B]',
      () => g.interpret(mean, { x: feed([1, 1], 1) }),
    ],
    [
      'LIMAML_ERR_GRAPH_FEED_UNKNOWN: The program has no input "v" (input "v"). Expected: one of: x, w',
      () => g.interpret(mean, { v: feed([1], 1) }),
    ],
    [
      'LIMAML_ERR_GRAPH_FEED_SHAPE: Input "x" is fed with shape [2] (input "x"). Expected: [T, B]',
      () => g.interpret(mean, { x: feed([2], 1, 2), w: feed([2], 1, 2) }),
    ],
    [
      'LIMAML_ERR_GRAPH_FEED_SHAPE: Input "w" is fed with shape [1] (input "w"). Expected: [B], here [2]',
      () => g.interpret(mean, { x: feed([1, 2], 1, 2), w: feed([1], 1) }),
    ],
    [
      'LIMAML_ERR_GRAPH_FEED_SIZE: Input "w" is fed with 1 numbers for shape [2]',
      () => g.interpret(mean, { x: feed([1, 2], 1, 2), w: feed([2], 1) }),
    ],
    [
      'LIMAML_ERR_GRAPH_FEED_VALUE: Input "at" of type int32 is fed with 0.5 (input "at", position 0)',
      () => g.interpret(ids, { ...fed, at: feed([1], 0.5) }),
    ],
    [
      'LIMAML_ERR_GRAPH_FEED_VALUE: Input "ok" of type bool is fed with 2',
      () => g.interpret(ids, { ...fed, ok: feed([1], 2) }),
    ],
    [
      'LIMAML_ERR_GRAPH_INDEX_RANGE: gather got index 2 (op "gather"). Expected: an integer from 0 to 1',
      () => g.interpret(ids, { ...fed, at: feed([1], 2) }),
    ],
    [
      'LIMAML_ERR_GRAPH_DIM_UNBOUND: Dimension "Q+S" has no size (symbols "Q, S")',
      () =>
        g.interpret(
          trace({ x: spec(['Q+S']) }, (t) => t),
          { x: feed([1], 1) },
        ),
    ],
  ])('%s', (message, run) => {
    expect(run).toThrow(message);
  });
});

describe('bindDims', () => {
  it('replaces symbols throughout', () => {
    const bound = g.bindDims(mean, { T: 4, unknown: 3 });
    expect(bound.inputs.x!.shape).toEqual([4, 'B']);
    expect(g.formatProgram(g.bindDims(bound, { B: 2 }))).not.toMatch(/dimSize|\b[TB]\b/);
  });

  it('finds what no longer fits', () => {
    const program = trace({ x: spec(['T']) }, ({ x }) => ({ y: g.slice(x, 0, 0, 5) }));
    expect(() => g.bindDims(program, { T: 3 })).toThrow(
      'LIMAML_ERR_GRAPH_RANGE: slice got 0 and 5 on axis 0 of shape [3]',
    );
    expect(() => g.bindDims(program, { T: -3 })).toThrow('LIMAML_ERR_GRAPH_DIM_INVALID');
  });
});

describe('freeze', () => {
  const w = { dtype: 'float32', shape: [2], data: Float32Array.of(1, 2) } as const;

  it('turns inputs into constants and takes their sizes', () => {
    const frozen = g.freeze(mean, { w });
    expect(Object.entries(frozen.inputs).map(([name, { shape }]) => [name, shape])).toEqual([
      ['x', ['T', 2]],
    ]);
    expect([...g.interpret(frozen, { x: feed([1, 2], 1, 1) }).y!.data]).toEqual([1.5]);
  });

  it('refuses data that do not fit', () => {
    expect(() => g.freeze(mean, { v: w })).toThrow('LIMAML_ERR_GRAPH_FEED_UNKNOWN');
    expect(() => g.freeze(mean, { x: w })).toThrow('LIMAML_ERR_GRAPH_FEED_SHAPE');
    expect(() => g.freeze(mean, { w: { ...w, shape: [3] } })).toThrow('LIMAML_ERR_GRAPH_FEED_SIZE');
    expect(() =>
      g.freeze(mean, { w: { dtype: 'int32', shape: [1], data: Int32Array.of(1) } }),
    ).toThrow('LIMAML_ERR_GRAPH_DTYPE: freeze of input "w" cannot take int32');
  });
});

describe('program tools', () => {
  const program = trace({ x: spec(['T', 3]), unused: spec([]) }, ({ x }) => ({
    y: g.sum(g.relu(x), { axes: [1] }),
  }));

  it('prints a program', () => {
    expect(g.formatProgram(program).split('\n')).toEqual([
      'input x: float32[T, 3]',
      'input unused: float32[]',
      '%0 = relu(x): float32[T, 3]',
      '%1 = sum(%0) {axes: [1]}: float32[T]',
      'output y = %1',
    ]);
  });

  it('prunes inputs that nothing needs', () => {
    expect(Object.keys(g.pruneInputs(program).inputs)).toEqual(['x']);
  });

  it('counts arithmetic', () => {
    const product = trace({ a: spec(['T', 3, 4]), b: spec([4, 5]) }, ({ a, b }) => ({
      y: g.relu(g.matMul(a, b)),
    }));
    expect(g.countFlops(product, { T: 2 })).toEqual({
      matMul: 2 * 2 * 3 * 4 * 5,
      other: 2 * 3 * 5,
    });
    expect(() => g.countFlops(product)).toThrow('LIMAML_ERR_GRAPH_DIM_UNBOUND');
  });
});
