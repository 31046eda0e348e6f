import type { Dim } from './dim.js';
import type { DType } from './dtype.js';
import type { Shape } from './shape.js';

/** Data of a constant. Doubles keep their precision in the interpreter; executors round them to float32. */
export type ConstantData = Float64Array | Float32Array | Int32Array | Uint8Array;

/** Attributes of a primitive that has none. */
export type NoAttrs = Readonly<Record<string, never>>;

/** Axes are canonical here: non-negative, ascending, each once. */
interface ReduceAttrs {
  readonly axes: readonly number[];
  readonly keepDims: boolean;
}

/**
 * The primitives and their attributes. Every table of rules (shapes, vector-Jacobian products,
 * interpretation, lowering) is a mapped type over this map, so a new primitive does not compile
 * until each of them has a rule for it.
 */
export interface Primitives {
  // Sources, without inputs.
  input: { readonly name: string; readonly shape: Shape; readonly dtype: DType };
  /** One number repeated. */
  fill: { readonly value: number; readonly shape: Shape; readonly dtype: DType };
  constant: {
    readonly data: ConstantData;
    readonly shape: readonly number[];
    readonly dtype: DType;
  };
  /** The size of a dimension as a float32 scalar. */
  dimSize: { readonly dim: Dim };

  // Element-wise, one input.
  neg: NoAttrs;
  exp: NoAttrs;
  log: NoAttrs;
  sqrt: NoAttrs;
  tanh: NoAttrs;
  sigmoid: NoAttrs;
  softplus: NoAttrs;
  relu: NoAttrs;
  abs: NoAttrs;
  sign: NoAttrs;
  logicalNot: NoAttrs;
  cast: { readonly dtype: DType };
  /** The identity, with derivative zero. */
  stopGradient: NoAttrs;

  // Element-wise with NumPy broadcasting.
  add: NoAttrs;
  sub: NoAttrs;
  mul: NoAttrs;
  div: NoAttrs;
  maximum: NoAttrs;
  minimum: NoAttrs;
  less: NoAttrs;
  lessEqual: NoAttrs;
  greater: NoAttrs;
  greaterEqual: NoAttrs;
  equal: NoAttrs;
  logicalAnd: NoAttrs;
  logicalOr: NoAttrs;
  /** Inputs: condition, value where true, value where false. */
  select: NoAttrs;

  // Products and reductions.
  /** Batched product of the last two dimensions; batch dimensions broadcast. */
  matMul: { readonly transposeA: boolean; readonly transposeB: boolean };
  sum: ReduceAttrs;
  max: ReduceAttrs;
  softmax: { readonly axis: number };

  // Movement of elements.
  reshape: { readonly shape: Shape };
  /** Axis i of the result is axis `perm[i]` of the input. */
  transpose: { readonly perm: readonly number[] };
  broadcastTo: { readonly shape: Shape };
  concat: { readonly axis: number };
  /** Elements start ≤ i < end of one axis. */
  slice: { readonly axis: number; readonly start: Dim; readonly end: Dim };
  /** Zeros before and after one axis. */
  pad: { readonly axis: number; readonly before: Dim; readonly after: Dim };
  /** Inputs: table `[U, …rest]`, indices. Result: indices.shape ++ rest. */
  gather: NoAttrs;
  /** Inputs: indices, updates (indices.shape ++ rest). Result `[rows, …rest]`, repeated indices add up. */
  scatterAdd: { readonly rows: Dim };
}

/** Name of a primitive. */
export type Primitive = keyof Primitives;
