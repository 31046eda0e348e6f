import { interpret, type Program, spec, type Tensor, trace, type Value } from '@limaml/graph';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flattenTree, mapTree, type Tree } from '../tree.js';
import { multiHeadAttention } from './attention.js';
import type { Layer } from './layer.js';
import { transformerLayer } from './transformer.js';

const ROWS = 4;
const WIDTH = 4;

type Masked = Layer<[x: Tensor, mask?: Tensor]>;

function program(layer: Masked): Program {
  const leaves = flattenTree(layer.params).map(
    ([path, { shape }]) => [`p/${path}`, spec(shape)] as const,
  );
  const inputs = { x: spec([1, ROWS, WIDTH]), mask: spec([1, ROWS]) };
  return trace({ ...inputs, ...Object.fromEntries(leaves) }, (tensors) => {
    const named = tensors as Readonly<Record<string, Tensor>>;
    const params: Tree<Tensor> = mapTree(layer.params, (_, path) => named[`p/${path}`]!);
    return { y: layer.apply(params, named.x!, named.mask) };
  });
}

/** Rows of the result; parameters are made from `seed`. */
function run(layer: Masked, x: readonly number[], mask: readonly number[], seed = 1): number[][] {
  const traced = program(layer);
  const parameters = flattenTree(layer.params).map(([path, { shape }], p) => {
    const count = shape.reduce((product, size) => product * size, 1);
    const data = Float64Array.from({ length: count }, (_, i) => Math.sin(seed + 7 * p + 3 * i));
    return [`p/${path}`, { shape, data }] as const;
  });
  const value = (shape: readonly number[], data: readonly number[]): Value => ({
    shape,
    data: Float64Array.from(data),
  });
  const feeds = { x: value([1, ROWS, WIDTH], x), mask: value([1, ROWS], mask) };
  const { data } = interpret(traced, { ...feeds, ...Object.fromEntries(parameters) }).y!;
  return Array.from({ length: ROWS }, (_, row) => [...data.slice(row * WIDTH, (row + 1) * WIDTH)]);
}

const inputs = fc.array(fc.double({ min: -3, max: 3, noNaN: true }), {
  minLength: ROWS * WIDTH,
  maxLength: ROWS * WIDTH,
});

describe.each([
  ['multiHeadAttention', multiHeadAttention({ width: WIDTH, heads: 2 })],
  ['attention with one head', multiHeadAttention({ width: WIDTH })],
  ['transformerLayer', transformerLayer({ width: WIDTH, heads: 2 })],
] as const)('%s', (_, layer) => {
  it('does not read padding', () => {
    fc.assert(
      fc.property(inputs, inputs, (x, other) => {
        const mask = [1, 1, 0, 1];
        const changed = x.map((value, i) => (Math.floor(i / WIDTH) === 2 ? other[i]! : value));
        const [before, after] = [run(layer, x, mask), run(layer, changed, mask)];
        for (const row of [0, 1, 3]) expect(after[row]).toEqual(before[row]);
      }),
      { seed: 1, numRuns: 30 },
    );
  });

  it('moves rows with its rows', () => {
    fc.assert(
      fc.property(inputs, (x) => {
        const swapped = [...x.slice(WIDTH, 2 * WIDTH), ...x.slice(0, WIDTH), ...x.slice(2 * WIDTH)];
        const [before, after] = [run(layer, x, [1, 1, 1, 1]), run(layer, swapped, [1, 1, 1, 1])];
        [1, 0, 2, 3].forEach((from, to) => {
          before[from]!.forEach((value, i) => {
            expect(after[to]![i]).toBeCloseTo(value, 10);
          });
        });
      }),
      { seed: 2, numRuns: 30 },
    );
  });
});

describe('multiHeadAttention', () => {
  const layer = multiHeadAttention({ width: WIDTH, heads: 2 });
  const x = Array.from({ length: ROWS * WIDTH }, (_, i) => Math.cos(i));

  it('gives 0 where no row is real', () => {
    expect(run(layer, x, [0, 0, 0, 0]).flat().map(Math.abs)).toEqual(Array(ROWS * WIDTH).fill(0));
  });

  it('gives every row the value of the only real one', () => {
    const rows = run(layer, x, [0, 1, 0, 0]);
    for (const row of rows) expect(row).toEqual(rows[0]);
  });
});
