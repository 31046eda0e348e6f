import type { Primitive } from '../primitives.js';
import type { TensorSpec } from '../shape.js';
import type { Application } from '../tensor.js';
import {
  anyUnary,
  arithmetic,
  castRule,
  comparison,
  floatBinary,
  floatUnary,
  logical,
  numericUnary,
  selectRule,
} from './elementwise.js';
import {
  broadcastToRule,
  concatRule,
  padRule,
  reshapeRule,
  sliceRule,
  transposeRule,
} from './movement.js';
import { gatherRule, matMulRule, reduction, scatterAddRule } from './products.js';

/** Shape and type of a primitive's result. @throws a coded error when the inputs do not fit */
export type ShapeRule<P extends Primitive> = (call: Application<P>) => TensorSpec;

/** Shape inference, exhaustive over the primitives. */
export const SHAPE_RULES: { readonly [P in Primitive]: ShapeRule<P> } = {
  input: ({ attrs: { shape, dtype } }) => ({ shape, dtype }),
  fill: ({ attrs: { shape, dtype } }) => ({ shape, dtype }),
  constant: ({ attrs: { shape, dtype } }) => ({ shape, dtype }),
  dimSize: () => ({ shape: [], dtype: 'float32' }),
  neg: numericUnary,
  exp: floatUnary,
  log: floatUnary,
  sqrt: floatUnary,
  tanh: floatUnary,
  sigmoid: floatUnary,
  softplus: floatUnary,
  relu: floatUnary,
  abs: numericUnary,
  sign: numericUnary,
  logicalNot: logical,
  cast: castRule,
  stopGradient: anyUnary,
  add: arithmetic,
  sub: arithmetic,
  mul: arithmetic,
  div: floatBinary,
  maximum: arithmetic,
  minimum: arithmetic,
  less: comparison,
  lessEqual: comparison,
  greater: comparison,
  greaterEqual: comparison,
  equal: comparison,
  logicalAnd: logical,
  logicalOr: logical,
  select: selectRule,
  matMul: matMulRule,
  sum: reduction,
  max: reduction,
  softmax: floatUnary,
  reshape: reshapeRule,
  transpose: transposeRule,
  broadcastTo: broadcastToRule,
  concat: concatRule,
  slice: sliceRule,
  pad: padRule,
  gather: gatherRule,
  scatterAdd: scatterAddRule,
};
