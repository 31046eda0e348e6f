export * from './binary.js';
export * from './movement.js';
export type { Operand } from './operand.js';
export * from './products.js';
export * from './source.js';
export * from './unary.js';
