import type { Primitive } from '@limaml/graph';
import type { Lowerings } from '../lowering.js';
import { ELEMENTWISE } from './elementwise.js';
import { MOVEMENT } from './movement.js';
import { PRODUCTS } from './products.js';
import { SOURCES } from './sources.js';

/** How each primitive is written in ONNX. A primitive without a lowering does not compile. */
export const LOWERINGS: Lowerings<Primitive> = {
  ...SOURCES,
  ...ELEMENTWISE,
  ...PRODUCTS,
  ...MOVEMENT,
};
