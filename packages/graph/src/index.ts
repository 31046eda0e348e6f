export type * from './dtype.js';
export type * from './executor.js';
export type * from './program.js';
export type * from './tensor.js';
export { spec } from './shape.js';
export type { Dim, Shape, TensorSpec } from './shape.js';
