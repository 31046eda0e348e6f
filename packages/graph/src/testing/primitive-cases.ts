import type { TensorMap } from '../executor.js';
import {
  abs,
  add,
  broadcastTo,
  cast,
  concat,
  constant,
  dimSize,
  div,
  equal,
  exp,
  fill,
  gather,
  greater,
  greaterEqual,
  less,
  lessEqual,
  log,
  logicalAnd,
  logicalNot,
  logicalOr,
  matMul,
  max,
  maximum,
  minimum,
  mul,
  neg,
  pad,
  relu,
  reshape,
  scatterAdd,
  select,
  sigmoid,
  sign,
  slice,
  softmax,
  softplus,
  sqrt,
  stopGradient,
  sub,
  sum,
  tanh,
  transpose,
} from '../ops/ops.js';
import type { Primitive } from '../primitives.js';
import type { Program } from '../program.js';
import type { Tensor } from '../tensor.js';
import { trace } from '../trace.js';
import type { TensorsOf } from '../trace.js';
import { drawFeeds, flag, index, positive, real } from './sample-inputs.js';
import type { SampleInput } from './sample-inputs.js';

/** A program around one primitive, with output `y`, and inputs to run it on. */
export interface PrimitiveCase {
  readonly name: string;
  readonly program: Program;
  readonly feeds: TensorMap;
}

/** Sizes of the symbols in the cases; N is 1, so that a symbol meets a size that broadcasting would stretch. */
const SIZES = { T: 2, B: 3, Q: 2, S: 3, N: 1, U: 5 } as const;

type Inputs = Readonly<Record<string, SampleInput>>;

function sample<In extends Inputs>(
  name: string,
  inputs: In,
  build: (tensors: TensorsOf<In>) => Tensor,
): PrimitiveCase {
  const program = trace(inputs, (tensors) => ({ y: build(tensors) }));
  return { name, program, feeds: drawFeeds(inputs, SIZES, name.length) };
}

function unary(fn: (x: Tensor) => Tensor, input = real): readonly PrimitiveCase[] {
  return [
    sample('matrix', { x: input(2, 3) }, ({ x }) => fn(x)),
    sample('symbolic', { x: input('T', 'B', 2) }, ({ x }) => fn(x)),
    sample('scalar', { x: input() }, ({ x }) => fn(x)),
  ];
}

function binary(fn: (a: Tensor, b: Tensor) => Tensor, b = real, a = b): readonly PrimitiveCase[] {
  return [
    sample('same shape', { a: a(2, 3), b: b(2, 3) }, (x) => fn(x.a, x.b)),
    sample('both stretched', { a: a(2, 1, 3), b: b(4, 1) }, (x) => fn(x.a, x.b)),
    sample('symbolic', { a: a('T', 'B', 2), b: b('B', 1) }, (x) => fn(x.a, x.b)),
    sample('symbol of size 1', { a: a('N', 3), b: b('N', 1) }, (x) => fn(x.a, x.b)),
    sample('scalar', { a: a(), b: b(2) }, (x) => fn(x.a, x.b)),
  ];
}

function comparison(fn: (a: Tensor, b: Tensor) => Tensor): readonly PrimitiveCase[] {
  const integers = { a: index(3, 'T', 3), b: index(3, 3) };
  return [...binary(fn), sample('integers', integers, ({ a, b }) => fn(a, b))];
}

function reduction(fn: typeof sum): readonly PrimitiveCase[] {
  return [
    sample('all', { x: real(2, 3) }, ({ x }) => fn(x)),
    sample('middle axis', { x: real(2, 3, 4) }, ({ x }) => fn(x, { axes: [1] })),
    sample('kept', { x: real(2, 3, 4) }, ({ x }) => fn(x, { axes: [0, 2], keepDims: true })),
    sample('symbolic', { x: real('T', 'B', 2) }, ({ x }) => fn(x, { axes: [0, 1] })),
    sample('all symbolic', { x: real('T', 'B') }, ({ x }) => fn(x)),
  ];
}

const matMulCases: readonly PrimitiveCase[] = [false, true].flatMap((transposeA) =>
  [false, true].flatMap((transposeB) => {
    const a = transposeA ? ([4, 2] as const) : ([2, 4] as const);
    const b = transposeB ? ([3, 4] as const) : ([4, 3] as const);
    const product = (x: { a: Tensor; b: Tensor }): Tensor =>
      matMul(x.a, x.b, { transposeA, transposeB });
    const flags = `${transposeA ? 'Aᵀ' : 'A'}·${transposeB ? 'Bᵀ' : 'B'}`;
    return [
      sample(`${flags} matrices`, { a: real(...a), b: real(...b) }, product),
      sample(`${flags} batch`, { a: real('T', ...a), b: real('T', ...b) }, product),
      sample(`${flags} shared B`, { a: real('T', ...a), b: real(...b) }, product),
      sample(`${flags} shared A`, { a: real(...a), b: real('T', ...b) }, product),
      sample(`${flags} two batches`, { a: real(2, 1, ...a), b: real(3, ...b) }, product),
    ];
  }),
);

/** Sample programs for every primitive, among them symbolic shapes, broadcasting and all flags. */
export const primitiveCases: Readonly<Record<Primitive, readonly PrimitiveCase[]>> = {
  input: [sample('returned', { x: real('T', 2) }, ({ x }) => x)],
  fill: [
    sample('static', { x: real(2) }, ({ x }) => add(x, fill([3, 2], 0.1))),
    sample('symbolic', { x: real('T', 'B') }, ({ x }) => add(sum(x), fill(['B', 'T', 2], 0.1))),
    sample('returned', { x: real('T') }, () => fill(['T', 3], 7, 'int32')),
  ],
  constant: [
    sample('floats', { x: real(2) }, ({ x }) => add(x, constant([1, 2, 3, 4], [2, 2]))),
    sample('integers', { x: real(3, 2) }, ({ x }) => gather(x, constant([2, 0], [2], 'int32'))),
    sample('bools', { x: real(2) }, ({ x }) => select(constant([1, 0], [2], 'bool'), x, 0)),
  ],
  dimSize: [
    sample('symbol', { x: real('T') }, ({ x }) => div(sum(x), dimSize('T'))),
    sample('sum and product', { x: real('Q'), z: real('S') }, (t) =>
      mul(sum(concat([t.x, t.z], 0)), dimSize('2*Q*S+Q+3')),
    ),
  ],
  neg: unary(neg),
  exp: unary(exp),
  log: unary(log, positive),
  sqrt: unary(sqrt, positive),
  tanh: unary(tanh),
  sigmoid: unary(sigmoid),
  softplus: unary(softplus),
  relu: unary(relu),
  abs: unary(abs),
  sign: unary(sign),
  logicalNot: unary(logicalNot, flag),
  cast: [
    sample('bool to float', { x: flag('T', 3) }, ({ x }) => cast(x, 'float32')),
    sample('int to float', { x: index(9, 'T', 3) }, ({ x }) => cast(x, 'float32')),
    sample('float to int', { x: real('T', 3) }, ({ x }) => cast(x, 'int32')),
    sample('int to bool', { x: index(2, 'T', 3) }, ({ x }) => cast(x, 'bool')),
    sample('float to float', { x: real(3) }, ({ x }) => cast(x, 'float32')),
  ],
  stopGradient: unary(stopGradient),
  add: binary(add),
  sub: binary(sub),
  mul: binary(mul),
  div: binary(div, positive, real),
  maximum: binary(maximum),
  minimum: binary(minimum),
  less: comparison(less),
  lessEqual: comparison(lessEqual),
  greater: comparison(greater),
  greaterEqual: comparison(greaterEqual),
  equal: comparison(equal),
  logicalAnd: binary(logicalAnd, flag),
  logicalOr: binary(logicalOr, flag),
  select: [
    sample('same shape', { c: flag(2, 3), a: real(2, 3), b: real(2, 3) }, (x) =>
      select(x.c, x.a, x.b),
    ),
    sample('stretched', { c: flag('T', 1), a: real(3), b: real('T', 3) }, (x) =>
      select(x.c, x.a, x.b),
    ),
    sample('numbers', { c: flag('T', 'B') }, (x) => select(x.c, 1, -1)),
  ],
  matMul: matMulCases,
  sum: reduction(sum),
  max: reduction(max),
  softmax: [
    sample('last axis', { x: real('T', 4) }, ({ x }) => softmax(x)),
    sample('first axis', { x: real(3, 2) }, ({ x }) => softmax(x, 0)),
    sample('symbolic axis', { x: real('T', 'B', 2) }, ({ x }) => softmax(x, 1)),
  ],
  reshape: [
    sample('static', { x: real(2, 6) }, ({ x }) => reshape(x, [3, 4])),
    sample('joined symbols', { x: real('T', 'B', 4) }, ({ x }) => reshape(x, ['B*T', 4])),
    sample('new axes', { x: real('T', 4) }, ({ x }) => reshape(x, ['T', 1, 2, 2, 1])),
    sample('split symbols', { x: real('B*T', 2), like: real('T', 'B', 1) }, (t) =>
      add(reshape(t.x, ['T', 'B', 2]), t.like),
    ),
    sample('scalar', { x: real(1, 1) }, ({ x }) => reshape(x, [])),
  ],
  transpose: [
    sample('reversed', { x: real(2, 3) }, ({ x }) => transpose(x)),
    sample('rotated', { x: real('T', 'B', 4) }, ({ x }) => transpose(x, [2, 0, 1])),
  ],
  broadcastTo: [
    sample('new axis', { x: real(2, 3) }, ({ x }) => broadcastTo(x, [4, 2, 3])),
    sample('stretched', { x: real(2, 1) }, ({ x }) => broadcastTo(x, [2, 3])),
    sample('symbolic', { x: real(3), like: real('T', 'B') }, (t) =>
      add(broadcastTo(t.x, ['T', 'B', 3]), sum(t.like)),
    ),
    sample('scalar', { x: real(), like: real('T') }, (t) => mul(broadcastTo(t.x, ['T']), t.like)),
  ],
  concat: [
    sample('last axis', { x: real(2, 1), z: real(2, 3) }, (t) => concat([t.x, t.z], -1)),
    sample('symbols', { x: real('Q', 2), z: real('S', 2) }, (t) => concat([t.x, t.z, t.x], 0)),
  ],
  slice: [
    sample('static', { x: real(2, 5) }, ({ x }) => slice(x, 1, 1, 4)),
    sample('of a symbol', { x: real('B', 2) }, ({ x }) => slice(x, 0, 1, 'B')),
    sample('up to a symbol', { x: real('Q+S', 2), q: real('Q', 1), s: real('S') }, (t) =>
      mul(add(slice(t.x, 0, 0, 'Q'), sum(t.s)), t.q),
    ),
    sample('from a symbol', { x: real('T', 'Q+S'), q: real('Q'), s: real('S') }, (t) =>
      mul(add(slice(t.x, 1, 'Q', 'Q+S'), t.s), sum(t.q)),
    ),
  ],
  pad: [
    sample('static', { x: real(2, 3) }, ({ x }) => pad(x, 1, 1, 2)),
    sample('symbolic', { x: real('T', 2), like: real('Q') }, (t) =>
      mul(pad(t.x, 0, 'Q', 1), sum(t.like)),
    ),
  ],
  gather: [
    sample('matrix', { table: real('U', 3), at: index(5, 'T', 'B') }, (t) => gather(t.table, t.at)),
    sample('vector', { table: real(4), at: index(4, 6) }, (t) => gather(t.table, t.at)),
    sample('one row', { table: real(4, 2), at: index(4) }, (t) => gather(t.table, t.at)),
  ],
  scatterAdd: [
    sample('static', { at: index(4, 6), x: real(6, 2) }, (t) => scatterAdd(t.at, t.x, 4)),
    sample('vector', { at: index(4, 2, 3), x: real(2, 3) }, (t) => scatterAdd(t.at, t.x, 4)),
    sample('symbolic', { at: index(5, 'T', 'B'), x: real('T', 'B', 2), like: real('U', 1) }, (t) =>
      mul(scatterAdd(t.at, t.x, 'U'), t.like),
    ),
  ],
};
