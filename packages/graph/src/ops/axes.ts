import { axisOutOfRange } from '../errors.js';
import type { Shape } from '../shape.js';

/** Counts a negative axis from the end. @throws LIMAML_ERR_GRAPH_AXIS when there is no such axis */
export function canonicalAxis(op: string, axis: number, shape: Shape): number {
  const canonical = axis < 0 ? axis + shape.length : axis;
  if (!Number.isInteger(axis) || canonical < 0 || canonical >= shape.length)
    throw axisOutOfRange(op, axis, shape);
  return canonical;
}

/** Canonical axes in ascending order; all of them by default. */
export function canonicalAxes(
  op: string,
  axes: readonly number[] | undefined,
  shape: Shape,
): readonly number[] {
  if (!axes) return shape.map((_, axis) => axis);
  const canonical = axes.map((axis) => canonicalAxis(op, axis, shape));
  const repeated = axes.find((_, position) => canonical.indexOf(canonical[position]!) !== position);
  if (repeated !== undefined) throw axisOutOfRange(op, repeated, shape);
  return canonical.sort((a, b) => a - b);
}
