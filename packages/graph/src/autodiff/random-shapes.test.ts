import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as g from '../index.js';
import type { Operand, Primitive, Program, Shape, Tensor } from '../index.js';
import { drawFeeds, flag, index, positive, real } from '../testing/sample-inputs.js';
import type { SampleInput } from '../testing/sample-inputs.js';
import type { TensorsOf } from '../trace.js';
import { expectDerivatives } from './finite-differences.test-support.js';

/** A primitive at random shapes. */
interface Sample {
  readonly program: Program;
  readonly inputs: Readonly<Record<string, SampleInput>>;
}

/** Size of the symbol T, for the one primitive that reads it. */
const SIZES = { T: 3 };
/** Of matMul more: it has flags, batches and broadcasting at once. */
const runsOf = (op: string): number => (op === 'matMul' ? 60 : 25);

function sample<In extends Readonly<Record<string, SampleInput>>>(
  inputs: In,
  build: (tensors: TensorsOf<In>) => Tensor,
): Sample {
  return { program: g.trace(inputs, (tensors) => ({ y: build(tensors) })), inputs };
}

const sizes = fc.integer({ min: 1, max: 3 });
const shapes = fc.array(sizes, { maxLength: 3 });
const ofSomeRank = fc.array(sizes, { minLength: 1, maxLength: 3 });
const withAxis = ofSomeRank.chain((shape) =>
  fc.tuple(fc.constant(shape), fc.nat(shape.length - 1)),
);

/** Shapes that broadcast to `shape`: leading dimensions dropped, others set to 1. */
const stretchable = (shape: readonly number[]): fc.Arbitrary<readonly number[]> =>
  fc
    .tuple(fc.nat(shape.length), fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }))
    .map(([dropped, ones]) => shape.map((dim, axis) => (ones[axis] ? 1 : dim)).slice(dropped));
const pairs = shapes.chain((shape) => fc.tuple(stretchable(shape), stretchable(shape)));
const quartets = shapes.chain((shape) => {
  const one = stretchable(shape);
  return fc.tuple(one, one, one, one);
});

type Input = (...shape: Shape) => SampleInput;

function unary(fn: (x: Tensor) => Tensor, input: Input = real): fc.Arbitrary<Sample> {
  return shapes.map((shape) => sample({ x: input(...shape) }, ({ x }) => fn(x)));
}

function binary(fn: (a: Tensor, b: Tensor) => Tensor, second: Input = real): fc.Arbitrary<Sample> {
  return pairs.map(([a, b]) => sample({ a: real(...a), b: second(...b) }, (x) => fn(x.a, x.b)));
}

/** What a comparison has to do with derivatives is which of two values it picks. */
function comparison(fn: (a: Operand, b: Operand) => Tensor): fc.Arbitrary<Sample> {
  return binary((a, b) => g.select(fn(a, b), g.mul(a, b), g.sub(a, b)));
}

function condition(fn: (c: Tensor, d: Tensor) => Tensor): fc.Arbitrary<Sample> {
  return quartets.map(([c, d, a, b]) =>
    sample({ c: flag(...c), d: flag(...d), a: real(...a), b: real(...b) }, (x) =>
      g.select(fn(x.c, x.d), x.a, x.b),
    ),
  );
}

function reduction(fn: typeof g.sum): fc.Arbitrary<Sample> {
  const reduced = fc.array(fc.boolean(), { minLength: 3, maxLength: 3 });
  return fc.tuple(shapes, reduced, fc.boolean()).map(([shape, isReduced, keepDims]) => {
    const axes = shape.flatMap((_, axis) => (isReduced[axis] ? [axis] : []));
    return sample({ x: real(...shape) }, ({ x }) => fn(x, { axes, keepDims }));
  });
}

const product = fc
  .record({
    batches: fc
      .array(sizes, { maxLength: 2 })
      .chain((batch) => fc.tuple(stretchable(batch), stretchable(batch))),
    matrix: fc.tuple(sizes, sizes, sizes),
    transposeA: fc.boolean(),
    transposeB: fc.boolean(),
  })
  .map(({ batches: [batchA, batchB], matrix: [m, k, n], ...flags }) =>
    sample(
      {
        a: real(...batchA, ...(flags.transposeA ? [k, m] : [m, k])),
        b: real(...batchB, ...(flags.transposeB ? [n, k] : [k, n])),
      },
      ({ a, b }) => g.matMul(a, b, flags),
    ),
  );

const reshaping = shapes.chain((shape) => {
  const elements = shape.reduce((all, dim) => all * dim, 1);
  const targets = [[elements], [1, ...shape], [...shape, 1], shape.toReversed()];
  return fc
    .constantFrom(...targets)
    .map((target) => sample({ x: real(...shape) }, ({ x }) => g.reshape(x, target)));
});

const transposition = shapes.chain((shape) => {
  const axes = shape.map((_, axis) => axis);
  return fc
    .shuffledSubarray(axes, { minLength: axes.length })
    .map((perm) => sample({ x: real(...shape) }, ({ x }) => g.transpose(x, perm)));
});

const repetition = shapes.chain((shape) =>
  stretchable(shape).map((narrow) =>
    sample({ x: real(...narrow) }, ({ x }) => g.broadcastTo(x, shape)),
  ),
);

const joining = fc.tuple(withAxis, sizes, sizes).map(([[shape, axis], first, second]) => {
  const part = (size: number): SampleInput => real(...shape.with(axis, size));
  return sample({ a: part(first), b: part(second) }, ({ a, b }) => g.concat([a, b, a], axis));
});

const slicing = fc.tuple(withAxis, fc.nat(2), fc.nat(2)).map(([[shape, axis], before, after]) => {
  const size = shape[axis]!;
  const whole = real(...shape.with(axis, before + size + after));
  return sample({ x: whole }, ({ x }) => g.slice(x, axis, before, before + size));
});

const padding = fc
  .tuple(withAxis, fc.nat(2), fc.nat(2))
  .map(([[shape, axis], before, after]) =>
    sample({ x: real(...shape) }, ({ x }) => g.pad(x, axis, before, after)),
  );

const lookups = fc.tuple(
  sizes,
  fc.array(sizes, { maxLength: 2 }),
  fc.array(sizes, { maxLength: 2 }),
);
const gathering = lookups.map(([rows, rest, places]) =>
  sample({ table: real(rows, ...rest), at: index(rows, ...places) }, (t) =>
    g.gather(t.table, t.at),
  ),
);
const scattering = lookups.map(([rows, rest, places]) =>
  sample({ at: index(rows, ...places), x: real(...places, ...rest) }, (t) =>
    g.scatterAdd(t.at, t.x, rows),
  ),
);

/** The derivative of stopGradient is zero by definition, which is not the limit of differences. */
type Differentiable = Exclude<Primitive, 'stopGradient'>;

/** Every primitive: a new one does not compile until it is here. */
const samples: Readonly<Record<Differentiable, fc.Arbitrary<Sample>>> = {
  input: unary((x) => x),
  fill: pairs.map(([a, b]) => sample({ x: real(...a) }, ({ x }) => g.mul(x, g.fill(b, 0.7)))),
  constant: pairs.map(([a, b]) => {
    const values = Array.from({ length: b.reduce((all, dim) => all * dim, 1) }, (_, i) => i - 1.5);
    return sample({ x: real(...a) }, ({ x }) => g.mul(x, g.constant(values, b)));
  }),
  dimSize: shapes.map((shape) =>
    sample({ x: real('T', ...shape) }, ({ x }) => g.div(x, g.dimSize('T'))),
  ),
  neg: unary(g.neg),
  exp: unary(g.exp),
  log: unary(g.log, positive),
  sqrt: unary(g.sqrt, positive),
  tanh: unary(g.tanh),
  sigmoid: unary(g.sigmoid),
  softplus: unary(g.softplus),
  relu: unary(g.relu),
  abs: unary(g.abs),
  sign: unary((x) => g.mul(g.sign(x), x)),
  logicalNot: condition((c) => g.logicalNot(c)),
  cast: pairs.map(([a, b]) =>
    sample({ x: real(...a), on: flag(...b) }, (t) =>
      g.mul(g.cast(t.x, 'float32'), g.cast(t.on, 'float32')),
    ),
  ),
  add: binary(g.add),
  sub: binary(g.sub),
  mul: binary(g.mul),
  div: binary(g.div, positive),
  maximum: binary(g.maximum),
  minimum: binary(g.minimum),
  less: comparison(g.less),
  lessEqual: comparison(g.lessEqual),
  greater: comparison(g.greater),
  greaterEqual: comparison(g.greaterEqual),
  equal: comparison(g.equal),
  logicalAnd: condition(g.logicalAnd),
  logicalOr: condition(g.logicalOr),
  select: condition((c) => c),
  matMul: product,
  sum: reduction(g.sum),
  max: reduction(g.max),
  softmax: withAxis.map(([shape, axis]) =>
    sample({ x: real(...shape) }, ({ x }) => g.softmax(x, axis)),
  ),
  reshape: reshaping,
  transpose: transposition,
  broadcastTo: repetition,
  concat: joining,
  slice: slicing,
  pad: padding,
  gather: gathering,
  scatterAdd: scattering,
};

describe('first and second derivatives over random shapes', () => {
  it.each(Object.entries(samples))('%s', (op, arbitrary) => {
    fc.assert(
      fc.property(arbitrary, fc.integer(), ({ program, inputs }, seed) => {
        const tensors = g.topologicalOrder(Object.values(program.outputs));
        expect(tensors.some((tensor) => tensor.op === op)).toBe(true);
        expectDerivatives(program, drawFeeds(inputs, SIZES, seed));
      }),
      { seed: 1, numRuns: runsOf(op) },
    );
  });

  it('mean', () => {
    fc.assert(
      fc.property(reduction(g.mean), fc.integer(), ({ program, inputs }, seed) => {
        expectDerivatives(program, drawFeeds(inputs, SIZES, seed));
      }),
      { seed: 1, numRuns: 25 },
    );
  });
});
