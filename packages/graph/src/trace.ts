import { apply } from './apply.js';
import { foreignInput } from './errors.js';
import type { Program } from './program.js';
import { canonicalShape } from './shape.js';
import type { TensorSpec } from './shape.js';
import { isOp } from './tensor.js';
import type { Tensor } from './tensor.js';
import { topologicalOrder } from './topological-order.js';

/** Tensors by the names of specs. */
export type TensorsOf<Specs> = { readonly [Name in keyof Specs]: Tensor };

/**
 * Runs a function once on symbolic inputs and records what it computes.
 *
 * @param specs inputs by name
 * @param fn receives one tensor per input and returns the outputs by name
 * @throws LIMAML_ERR_GRAPH_FOREIGN_INPUT when an output depends on an input of another program
 * @example
 * ```ts
 * const program = trace({ x: spec(['T', 3]) }, ({ x }) => ({ y: relu(x) }));
 * ```
 */
export function trace<Specs extends Readonly<Record<string, TensorSpec>>>(
  specs: Specs,
  fn: (inputs: TensorsOf<Specs>) => Readonly<Record<string, Tensor>>,
): Program {
  const entries = Object.entries(specs).map(([name, { shape, dtype }]) => [
    name,
    apply('input', [], { name, shape: canonicalShape(shape), dtype }),
  ]);
  const inputs = Object.fromEntries(entries) as TensorsOf<Specs>;
  const program = { inputs, outputs: { ...fn(inputs) } };
  refuseForeignInputs(program);
  return program;
}

function refuseForeignInputs({ inputs, outputs }: Program): void {
  const own = new Set(Object.values(inputs));
  for (const tensor of topologicalOrder(Object.values(outputs))) {
    if (isOp(tensor, 'input') && !own.has(tensor)) throw foreignInput(tensor.attrs.name);
  }
}
