import * as g from '@limaml/graph';
import type { Tensor } from '@limaml/graph';
import { describe, it } from 'vitest';
import { expectAgreement, feedsFor } from './run-model.test-support.js';

const { spec } = g;

type Case = readonly [
  name: string,
  specs: Record<string, g.TensorSpec>,
  fn: (inputs: Record<string, Tensor>) => Tensor,
];

const T3 = spec(['T', 3]);
const TS2 = spec(['T', 'S', 2]);
const ids = spec(['T', 'S'], 'int32');
const flags = spec(['T', 3], 'bool');

/** What lowering has to get right beyond the arithmetic: sizes that are known only at run time. */
const CASES: readonly Case[] = [
  ['an output that is an input', { x: T3 }, ({ x }) => x!],
  ['an output that is a constant', { x: T3 }, () => g.constant([1, 2, 3])],
  ['a fill of symbolic shape', { x: TS2 }, () => g.fill(['S', 'T', 4], 0.25)],
  ['an int32 fill', { x: T3 }, () => g.fill(['T', 2], 7, 'int32')],
  ['a bool fill', { x: T3 }, () => g.fill(['T', 2], 1, 'bool')],
  [
    'a fill that widens the result',
    { x: spec([3]), y: T3 },
    ({ x }) => g.add(x!, g.ones(['T', 3])),
  ],
  ['a fill that only scales', { x: T3 }, ({ x }) => g.mul(x!, g.fill(['T', 3], 0.5))],
  ['reshape with one symbol', { x: spec(['T', 6]) }, ({ x }) => g.reshape(x!, ['T', 2, 3])],
  ['reshape that merges symbols', { x: TS2 }, ({ x }) => g.reshape(x!, ['S*T', 2])],
  [
    'reshape that keeps two symbols',
    { x: spec(['T', 'S', 6]) },
    ({ x }) => g.reshape(x!, ['T', 'S', 3, 2]),
  ],
  [
    'reshape that splits symbols',
    { x: spec(['S*T', 2]), y: TS2 },
    ({ x }) => g.reshape(x!, ['S', 'T', 2]),
  ],
  ['reshape to a compound', { x: TS2 }, ({ x }) => g.reshape(x!, ['S', '2*T'])],
  ['expandDims twice', { x: TS2 }, ({ x }) => g.expandDims(g.expandDims(x!, 1), -1)],
  ['squeeze and expand', { x: spec(['T', 1, 'S']) }, ({ x }) => g.reshape(x!, ['T', 'S', 1])],
  [
    'broadcastTo new symbols',
    { x: spec([2]), y: TS2 },
    ({ x }) => g.broadcastTo(x!, ['T', 'S', 2]),
  ],
  [
    'broadcastTo of one dimension',
    { x: spec(['T', 1, 2]), y: TS2 },
    ({ x }) => g.broadcastTo(x!, ['T', 'S', 2]),
  ],
  [
    'concat along a symbol',
    { x: TS2, y: spec(['T', 'Q', 2]) },
    ({ x, y }) => g.concat([x!, y!], 1),
  ],
  [
    'slices of a sum of symbols',
    { x: TS2, y: spec(['T', 'Q', 2]) },
    ({ x, y }) => g.slice(g.concat([x!, y!], 1), 1, 'S', 'Q+S'),
  ],
  ['pad by symbols', { x: TS2, y: spec(['Q']) }, ({ x }) => g.pad(x!, 1, 'Q', 1)],
  ['pad an int32', { x: ids }, ({ x }) => g.pad(x!, 1, 1, 2)],
  ['pad a bool', { x: flags }, ({ x }) => g.pad(x!, 1, 1, 2)],
  ['transpose', { x: TS2 }, ({ x }) => g.transpose(x!, [2, 0, 1])],
  [
    'transposed products',
    { x: TS2, y: spec(['T', 'S', 4]) },
    ({ x, y }) => g.matMul(x!, y!, { transposeA: true }),
  ],
  [
    'both transposed',
    { x: spec([3, 'T']), y: spec([2, 3]) },
    ({ x, y }) => g.matMul(x!, y!, { transposeA: true, transposeB: true }),
  ],
  ['broadcast batches', { x: TS2, y: spec([2, 4]) }, ({ x, y }) => g.matMul(x!, y!)],
  ['mean over symbols', { x: TS2 }, ({ x }) => g.mean(x!, { axes: [0, 1] })],
  ['sum of all', { x: TS2 }, ({ x }) => g.sum(x!)],
  ['sum of nothing', { x: TS2 }, ({ x }) => g.sum(x!, { axes: [] })],
  ['sum of int32', { x: ids }, ({ x }) => g.sum(x!, { axes: [1], keepDims: true })],
  ['max of int32', { x: spec(['T', 4], 'int32') }, ({ x }) => g.max(x!, { axes: [1] })],
  ['softmax over a symbol', { x: TS2 }, ({ x }) => g.softmax(x!, 1)],
  ['gather rows', { table: spec([3, 2]), x: ids }, ({ table, x }) => g.gather(table!, x!)],
  [
    'gather int32 rows',
    { table: spec(['U', 2], 'int32'), x: ids },
    ({ table, x }) => g.gather(table!, x!),
  ],
  [
    'gather bool rows',
    { table: spec(['U', 2], 'bool'), x: ids },
    ({ table, x }) => g.gather(table!, x!),
  ],
  ['scatterAdd rows', { x: ids, y: TS2, u: spec(['U']) }, ({ x, y }) => g.scatterAdd(x!, y!, 'U')],
  ['scatterAdd numbers', { x: ids, y: spec(['T', 'S']) }, ({ x, y }) => g.scatterAdd(x!, y!, 5)],
  ['dimSize', { x: TS2 }, () => g.dimSize('S*T+-1')],
  ['cast to int32', { x: T3 }, ({ x }) => g.cast(x!, 'int32')],
  ['cast to bool', { x: T3 }, ({ x }) => g.cast(x!, 'bool')],
  ['cast bool to float', { x: flags }, ({ x }) => g.cast(x!, 'float32')],
  ['select float', { c: flags, x: T3 }, ({ c, x }) => g.select(c!, x!, 0)],
  [
    'select int32',
    { c: spec(['T', 'S'], 'bool'), x: ids },
    ({ c, x }) => g.select(c!, x!, g.zeros(['T', 'S'], 'int32')),
  ],
  ['select bool', { c: flags, x: flags }, ({ c, x }) => g.select(c!, g.logicalNot(x!), x!)],
  [
    'int32 arithmetic',
    { x: ids },
    ({ x }) => g.neg(g.abs(g.sub(g.mul(x!, x!), g.maximum(x!, g.ones([], 'int32'))))),
  ],
  ['int32 sign', { x: ids }, ({ x }) => g.sign(x!)],
  [
    'int32 comparison',
    { x: ids },
    ({ x }) =>
      g.logicalAnd(g.lessEqual(x!, g.ones([], 'int32')), g.greaterEqual(x!, g.ones([], 'int32'))),
  ],
  ['concat bools', { x: flags, c: flags }, ({ x, c }) => g.concat([x!, c!], 1)],
  [
    'broadcast bools',
    { x: flags, y: spec(['S', 'T', 3]) },
    ({ x }) => g.broadcastTo(x!, ['S', 'T', 3]),
  ],
  [
    'a big constant',
    { x: spec(['T', 40]) },
    ({ x }) =>
      g.matMul(
        x!,
        g.constant(
          Float64Array.from({ length: 400 }, (_, i) => Math.cos(i)),
          [40, 10],
        ),
      ),
  ],
];

describe('a lowered program agrees with the interpreter', () => {
  const sizes = [
    { T: 2, S: 3, Q: 4, U: 5 },
    { T: 1, S: 1, Q: 1, U: 3 },
  ];
  it.each(CASES)('%s', async (_, specs, fn) => {
    const program = g.trace(specs, (inputs) => ({ result: fn(inputs) }));
    for (const size of sizes) await expectAgreement(program, feedsFor(specs, size));
  });

  it.each(CASES)('%s, of zero size', async (_, specs, fn) => {
    const program = g.trace(specs, (inputs) => ({ result: fn(inputs) }));
    await expectAgreement(program, feedsFor(specs, { T: 0, S: 2, Q: 1, U: 3 }));
    await expectAgreement(program, feedsFor(specs, { T: 2, S: 0, Q: 0, U: 3 }));
  });
});
