import { add, div, greater, maximum, minimum, mul, select, sub } from '../ops/binary.js';
import {
  broadcastTo,
  concat,
  expandDims,
  pad,
  reshape,
  slice,
  transpose,
} from '../ops/movement.js';
import { gather, matMul, max, mean, scatterAdd, softmax, sum } from '../ops/products.js';
import {
  abs,
  cast,
  exp,
  log,
  neg,
  relu,
  sigmoid,
  softplus,
  sqrt,
  square,
  stopGradient,
  tanh,
} from '../ops/unary.js';
import { broadcastShapes, sameShape } from '../shape.js';
import type { Tensor } from '../tensor.js';
import type { Random } from './random.js';

/** What a step may use. */
interface StepInputs {
  readonly x: Tensor;
  /** float32 tensors made so far. */
  readonly pool: readonly Tensor[];
  /** Indices `[B]` into two rows. */
  readonly at: Tensor;
  readonly random: Random;
}

/** Applies one or two primitives; undefined where x does not allow it. */
type Step = (inputs: StepInputs) => Tensor | undefined;

const UNARY: readonly ((x: Tensor) => Tensor)[] = [
  neg,
  tanh,
  sigmoid,
  softplus,
  (x) => square(tanh(x)),
  (x) => exp(tanh(x)),
  (x) => log(add(softplus(x), 1)),
  (x) => sqrt(add(softplus(x), 1)),
  stopGradient,
  (x) => neg(neg(x)),
];

const BINARY: readonly ((a: Tensor, b: Tensor) => Tensor)[] = [
  add,
  sub,
  mul,
  (a, b) => div(a, add(softplus(b), 1)),
  (a, b) => add(a, neg(b)),
];

/** Kinks lie off the values that a rewrite might reach by another rounding. */
const KINKED: readonly ((x: Tensor, offset: number) => Tensor)[] = [
  (x, offset) => relu(add(x, offset)),
  (x, offset) => abs(sub(x, offset)),
  (x, offset) => maximum(x, offset),
  (x, offset) => minimum(offset, x),
  (x, offset) => select(greater(x, offset), tanh(x), x),
  (x, offset) => mul(x, cast(greater(x, offset), 'float32')),
];

const WITH_NUMBERS: readonly ((x: Tensor) => Tensor)[] = [
  (x) => add(0, x),
  (x) => mul(x, 1),
  (x) => mul(x, 0),
  (x) => mul(0.5, mul(x, 3)),
  (x) => sub(0, x),
  (x) => mul(neg(x), 0.1),
  (x) => div(x, 1),
];

const unary: Step = ({ x, random }) => random.pick(UNARY)(x);
const kinked: Step = ({ x, random }) => random.pick(KINKED)(x, random.uniform(-0.5, 0.5));
const withNumber: Step = ({ x, random }) => random.pick(WITH_NUMBERS)(x);

const binary: Step = ({ x, pool, random }) => {
  const y = random.pick(pool.filter((other) => broadcastShapes(x.shape, other.shape)));
  return random.pick(BINARY)(x, y);
};

const product: Step = ({ x, pool, random }) => {
  const flags = { transposeA: random.pick([false, true]), transposeB: random.pick([false, true]) };
  const inner = x.shape.at(flags.transposeA ? -2 : -1);
  const fitting = pool.filter(
    (y) =>
      x.shape.length > 1 &&
      y.shape.length > 1 &&
      y.shape.at(flags.transposeB ? -1 : -2) === inner &&
      broadcastShapes(x.shape.slice(0, -2), y.shape.slice(0, -2)),
  );
  return fitting.length === 0 ? undefined : matMul(x, random.pick(fitting), flags);
};

/** The product of a task's rows with weights that all tasks share. */
const sharedProduct: Step = ({ x, pool }) => {
  const [tasks, , width] = x.shape;
  const weights = pool.findLast((w) => w.shape.length === 2 && w.shape[0] === width);
  if (x.shape.length !== 3 || !weights) return undefined;
  return matMul(x, broadcastTo(weights, [tasks!, ...weights.shape]));
};

const reduction: Step = ({ x, random }) => {
  const axes = x.shape.flatMap((_, axis) => (random.pick([true, false]) ? [axis] : []));
  return random.pick([sum, mean, max])(x, { axes, keepDims: random.pick([true, false]) });
};

const reshaping: Step = ({ x, random }) => {
  if (x.shape.length < 2) return expandDims(x, random.pick([0, -1]));
  const [first, ...rest] = x.shape;
  return random.pick([
    reshape(x, [1, first!, ...rest]),
    reshape(x, [first!, 1, ...rest]),
    transpose(x),
  ]);
};

const transposition: Step = ({ x, random }) => {
  const last = x.shape.length - 1;
  if (last < 1) return undefined;
  const axis = random.integer(0, last - 1);
  const swapped = x.shape.map((_, i) => (i === axis ? axis + 1 : i === axis + 1 ? axis : i));
  return transpose(x, swapped);
};

const repetition: Step = ({ x, random }) => broadcastTo(x, [random.pick(['T', 2]), ...x.shape]);

const joining: Step = ({ x, pool, random }) => {
  if (x.shape.length === 0) return undefined;
  const y = random.pick(pool.filter((other) => sameShape(other.shape, x.shape)));
  const axis = random.integer(0, x.shape.length - 1);
  return concat(
    random.pick([
      [x, y],
      [x, y, x],
    ]),
    axis,
  );
};

const slicing: Step = ({ x, random }) => {
  const axis = x.shape.findIndex((dim) => typeof dim === 'number' && dim > 1);
  const size = x.shape[axis];
  if (typeof size !== 'number') return undefined;
  const start = random.integer(0, size - 1);
  return slice(x, axis, start, random.integer(start + 1, size));
};

const padding: Step = ({ x, random }) =>
  x.shape.length === 0
    ? undefined
    : pad(x, random.integer(0, x.shape.length - 1), random.integer(0, 1), 1);

const normalisation: Step = ({ x, random }) =>
  x.shape.length === 0 ? undefined : softmax(x, random.integer(0, x.shape.length - 1));

/** Rows 0 and 1 always exist where the first dimension is a number of at least 2. */
const lookup: Step = ({ x, at }) => {
  const rows = x.shape[0];
  return typeof rows === 'number' && rows > 1 ? gather(x, at) : undefined;
};

const scattering: Step = ({ x, at }) => (x.shape[0] === 'B' ? scatterAdd(at, x, 2) : undefined);

/** Steps of random programs; those that matter most to the optimiser come more than once. */
export const RANDOM_STEPS: readonly Step[] = [
  unary,
  unary,
  kinked,
  withNumber,
  binary,
  binary,
  binary,
  product,
  product,
  sharedProduct,
  reduction,
  reduction,
  reshaping,
  transposition,
  repetition,
  joining,
  slicing,
  padding,
  normalisation,
  lookup,
  scattering,
];
