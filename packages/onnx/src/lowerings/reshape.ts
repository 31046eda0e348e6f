import { isNumericShape, sameShape, type Dim, type Shape } from '@limaml/graph';
import type { GraphBuilder, Value } from '../graph-builder.js';
import type { LoweringContext } from '../lowering.js';

/** Reshapes a value, computing sizes in the graph only when no constant says the same. */
export function reshaped(
  value: Value,
  from: Shape,
  to: Shape,
  { graph, dims }: LoweringContext,
): Value {
  if (sameShape(from, to)) return value;
  const constant = constantTarget(from, to);
  if (constant) return graph.node('Reshape', [value, graph.int64s(constant)]);
  if (!isNumericShape(to) && sameShape(withoutOnes(from), withoutOnes(to)))
    return movedOnes(value, from, to, graph);
  return graph.node('Reshape', [value, dims.vector(to)], { allowzero: 1 });
}

/**
 * The target with −1 for the only symbolic dimension, or with 0, ONNX's "as in the input", for
 * symbolic dimensions that stay in place. Undefined where neither is enough, and where a size is
 * really 0, since ONNX would misread it.
 */
function constantTarget(from: Shape, to: Shape): readonly number[] | undefined {
  if (to.includes(0)) return undefined;
  if (to.filter(isSymbol).length <= 1) return to.map((dim) => (isSymbol(dim) ? -1 : dim));
  const kept = to.map((dim, axis) => (isSymbol(dim) && dim === from[axis] ? 0 : dim));
  return isNumericShape(kept) ? kept : undefined;
}

/** Drops and inserts dimensions of size 1. */
function movedOnes(value: Value, from: Shape, to: Shape, graph: GraphBuilder): Value {
  const [dropped, inserted] = [axesOfOnes(from), axesOfOnes(to)];
  const squeezed =
    dropped.length === 0 ? value : graph.node('Squeeze', [value, graph.int64s(dropped)]);
  return inserted.length === 0
    ? squeezed
    : graph.node('Unsqueeze', [squeezed, graph.int64s(inserted)]);
}

function axesOfOnes(shape: Shape): number[] {
  return shape.flatMap((dim, axis) => (dim === 1 ? [axis] : []));
}

function withoutOnes(shape: Shape): Shape {
  return shape.filter((dim) => dim !== 1);
}

function isSymbol(dim: Dim): dim is string {
  return typeof dim === 'string';
}
