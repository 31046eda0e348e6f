import { apply } from './apply.js';
import { canonicalDim, substituteDim } from './dim.js';
import type { Dim } from './dim.js';
import { dimSize } from './ops/source.js';
import type { Primitive, Primitives } from './primitives.js';
import type { Program } from './program.js';
import type { Shape } from './shape.js';
import { isOp } from './tensor.js';
import type { Tensor } from './tensor.js';
import { topologicalOrder } from './topological-order.js';

/** Attributes that hold a dimension or a shape, of any primitive. */
type DimAttr = { [P in Primitive]: DimKeys<Primitives[P]> }[Primitive];
type DimKeys<Attrs> = {
  [K in keyof Attrs]: Dim extends Attrs[K] ? K : Shape extends Attrs[K] ? K : never;
}[keyof Attrs];

/** Exhaustive by its type: a new attribute with dimensions must be listed. */
const DIM_ATTRS: Readonly<Record<DimAttr, true>> = {
  shape: true,
  dim: true,
  start: true,
  end: true,
  before: true,
  after: true,
  rows: true,
};

/**
 * Gives symbolic dimensions sizes (or other symbols) throughout a program. Symbols that are not
 * named stay; names that the program does not have are ignored.
 *
 * @throws LIMAML_ERR_GRAPH_DIM_INVALID for sizes that are no dimensions, and shape errors when the sizes
 *   do not fit, e.g. a slice beyond the end
 * @example
 * ```ts
 * const fixed = bindDims(program, { T: 32, S: 20 });
 * ```
 */
export function bindDims(program: Program, sizes: Readonly<Record<string, Dim>>): Program {
  Object.values(sizes).forEach(canonicalDim);
  const bound = new Map<Tensor, Tensor>();
  for (const tensor of topologicalOrder([
    ...Object.values(program.inputs),
    ...Object.values(program.outputs),
  ])) {
    bound.set(tensor, bindTensor(tensor, bound, sizes));
  }
  const bindAll = (ports: Program['inputs']): Program['inputs'] =>
    Object.fromEntries(Object.entries(ports).map(([name, tensor]) => [name, bound.get(tensor)!]));
  return { inputs: bindAll(program.inputs), outputs: bindAll(program.outputs) };
}

function bindTensor(
  tensor: Tensor,
  bound: ReadonlyMap<Tensor, Tensor>,
  sizes: Readonly<Record<string, Dim>>,
): Tensor {
  if (isOp(tensor, 'dimSize')) return dimSize(substituteDim(tensor.attrs.dim, sizes));
  const inputs = tensor.inputs.map((input) => bound.get(input)!);
  return apply(tensor.op, inputs, bindAttrs(tensor.attrs, sizes));
}

function bindAttrs<Attrs extends object>(
  attrs: Attrs,
  sizes: Readonly<Record<string, Dim>>,
): Attrs {
  const bind = (value: Dim | Shape): Dim | Shape =>
    typeof value === 'object'
      ? value.map((dim) => substituteDim(dim, sizes))
      : substituteDim(value, sizes);
  const entries = Object.entries(attrs).map(([name, value]) => [
    name,
    Object.hasOwn(DIM_ATTRS, name) ? bind(value as Dim | Shape) : (value as unknown),
  ]);
  return Object.fromEntries(entries) as Attrs;
}
