import { grad } from '../autodiff/grad.js';
import { evaluateDim, multiplyDims } from '../dim.js';
import type { TensorMap } from '../executor.js';
import { add, mul } from '../ops/binary.js';
import { mean, sum } from '../ops/products.js';
import { fill } from '../ops/source.js';
import { tanh } from '../ops/unary.js';
import type { Program } from '../program.js';
import type { Tensor } from '../tensor.js';
import { trace } from '../trace.js';
import { createRandom } from './random.js';
import type { Random } from './random.js';
import { RANDOM_STEPS } from './random-steps.js';
import { drawFeeds, index, real } from './sample-inputs.js';

/** Options of {@link randomProgram}. */
export interface RandomProgramOptions {
  /** Primitives to try to apply. Default: 16. */
  readonly steps?: number;
  /** How many times to differentiate. Default: 0, 1 or 2, drawn. */
  readonly order?: number;
}

/** A program made at random, with inputs to run it on. */
export interface RandomProgram {
  readonly program: Program;
  readonly feeds: TensorMap;
}

/** Larger results than this are not used further. */
const MAX_ELEMENTS = 400;

const INPUTS = {
  x: real('T', 'B', 3),
  w: real(3, 2),
  fast: real('T', 3, 2),
  bias: real(2),
  rows: real('B', 3),
  scalar: real(),
  at: index(2, 'B'),
};

/**
 * Composes a program from random primitives, the same one for the same seed: outputs `value` and,
 * where it is differentiated, `gradient/<input>`. For tests that a transformation or an executor
 * gives the same values as the interpreter.
 */
export function randomProgram(seed: number, options: RandomProgramOptions = {}): RandomProgram {
  const random = createRandom(seed);
  const sizes = { T: random.integer(1, 3), B: random.integer(2, 3) };
  const order = options.order ?? random.integer(0, 2);
  const program = trace(INPUTS, ({ at, ...floats }) => {
    const pool = grow(Object.values(floats), at, random, sizes, options.steps ?? 16);
    return differentiate(combine(pool.slice(-5)), floats, order);
  });
  return { program, feeds: drawFeeds(INPUTS, sizes, seed) };
}

function grow(
  pool: readonly Tensor[],
  at: Tensor,
  random: Random,
  sizes: Readonly<Record<string, number>>,
  steps: number,
): readonly Tensor[] {
  const grown = [...pool];
  for (let step = 0; step < steps; step++) {
    // Recent tensors are likelier, so that programs grow deep and not only wide.
    const recent = random.pick([grown, grown.slice(-3)]);
    const result = random.pick(RANDOM_STEPS)({ x: random.pick(recent), pool: grown, at, random });
    const fits =
      result &&
      result.shape.length <= 4 &&
      evaluateDim(multiplyDims(result.shape), sizes) <= MAX_ELEMENTS;
    if (fits) grown.push(result);
  }
  return grown;
}

/** A scalar that depends on several tensors, differently on each element. */
function combine(tensors: readonly Tensor[]): Tensor {
  return tensors.map((tensor) => mean(tanh(tensor))).reduce((total, term) => add(total, term));
}

function differentiate(
  loss: Tensor,
  floats: Readonly<Record<string, Tensor>>,
  order: number,
): Record<string, Tensor> {
  const wrt = Object.values(floats);
  if (order === 0) return { value: loss };
  const gradients = grad(loss, wrt);
  if (order > 1) {
    const slope = gradients
      .map((gradient) => sum(mul(gradient, add(gradient, 1))))
      .reduce((a, b) => add(a, b), fill([], 0));
    return differentiate(slope, floats, order - 1);
  }
  const named = Object.keys(floats).map(
    (name, position) => [`gradient/${name}`, gradients[position]!] as const,
  );
  return { value: loss, ...Object.fromEntries(named) };
}
