import type { Primitive, Tensor } from '@limaml/graph';
import type { DimValues } from './dim-values.js';
import type { GraphBuilder, Value } from './graph-builder.js';

/** What a lowering may use. */
export interface LoweringContext {
  readonly graph: GraphBuilder;
  readonly dims: DimValues;
  /** The ONNX value of an input of the tensor being lowered. */
  readonly value: (tensor: Tensor) => Value;
}

/** Turns a tensor made by one primitive into ONNX nodes and returns the value that holds it. */
export type Lowering<P extends Primitive> = (tensor: Tensor<P>, context: LoweringContext) => Value;

/** Lowerings of some primitives. */
export type Lowerings<P extends Primitive> = { readonly [Op in P]: Lowering<Op> };
