export { grad } from './autodiff/grad.js';
export { bindDims } from './bind-dims.js';
export { countFlops } from './count-flops.js';
export type { Flops } from './count-flops.js';
export type { Dim } from './dim.js';
export {
  addDims,
  dimSymbols,
  evaluateDim,
  multiplyDims,
  subtractDims,
  substituteDim,
} from './dim.js';
export type * from './dtype.js';
export type * from './executor.js';
export { formatProgram } from './format-program.js';
export { freeze } from './freeze.js';
export { interpret } from './interpreter/interpret.js';
export type { Feed } from './interpreter/interpret.js';
export type { Value } from './interpreter/value.js';
export * from './ops/ops.js';
export { createNumbering } from './passes/merge-duplicates.js';
export { optimize } from './passes/optimize.js';
export type { ConstantData, NoAttrs, Primitive, Primitives } from './primitives.js';
export type * from './program.js';
export { PortCheck } from './port-check.js';
export { pruneInputs } from './prune-inputs.js';
export { broadcastShapes, canonicalShape, isNumericShape, sameShape, spec } from './shape.js';
export type { Shape, TensorSpec } from './shape.js';
export { isOp } from './tensor.js';
export type { Application, Tensor } from './tensor.js';
export { topologicalOrder } from './topological-order.js';
export { trace } from './trace.js';
export type { TensorsOf } from './trace.js';
