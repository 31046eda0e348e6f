import { lossNotScalar, wrtNotFloat } from '../errors.js';
import { add } from '../ops/binary.js';
import { ones, zeros } from '../ops/source.js';
import type { Primitive } from '../primitives.js';
import type { Tensor } from '../tensor.js';
import { topologicalOrder } from '../topological-order.js';
import { VJP_RULES } from './vjp-rules.js';

/**
 * Reverse-mode derivative, graph to graph: `∂loss/∂wrt`, each of its tensor's shape.
 *
 * The result is made of the same primitives, so it can be differentiated again, any number of
 * times; second-order MAML is `grad` applied twice. A tensor of `wrt` may be an input or any
 * intermediate result; one that the loss does not depend on gets zeros. When one of them depends on
 * another, the other's gradient is total: it includes the path through the first.
 *
 * @param loss float32 scalar, shape `[]`
 * @param wrt float32 tensors
 * @throws LIMAML_ERR_GRAPH_LOSS, LIMAML_ERR_GRAPH_WRT
 * @example
 * ```ts
 * const loss = sum(square(x));
 * const [dx] = grad(loss, [x]); // 2x
 * ```
 */
export function grad(loss: Tensor, wrt: readonly Tensor[]): Tensor[] {
  if (loss.shape.length > 0 || loss.dtype !== 'float32')
    throw lossNotScalar(loss.shape, loss.dtype);
  wrt.forEach(({ dtype }, position) => {
    if (dtype !== 'float32') throw wrtNotFloat(position, dtype);
  });
  const path = dependents(loss, wrt);
  const gradients = new Map<Tensor, Tensor[]>([[loss, [ones([])]]]);
  for (const tensor of [...path].reverse()) propagate(tensor, gradients, path);
  return wrt.map((tensor) => accumulate(gradients.get(tensor) ?? []) ?? zeros(tensor.shape));
}

/** The float32 tensors on paths from `wrt` to the loss, in topological order. */
function dependents(loss: Tensor, wrt: readonly Tensor[]): ReadonlySet<Tensor> {
  const targets = new Set(wrt);
  const path = new Set<Tensor>();
  for (const tensor of topologicalOrder([loss])) {
    const depends = targets.has(tensor) || tensor.inputs.some((input) => path.has(input));
    if (depends && tensor.dtype === 'float32') path.add(tensor);
  }
  return path;
}

/** Sends a tensor's accumulated gradient on to those of its inputs that are on a path. */
function propagate<P extends Primitive>(
  tensor: Tensor<P>,
  gradients: Map<Tensor, Tensor[]>,
  path: ReadonlySet<Tensor>,
): void {
  const gradient = accumulate(gradients.get(tensor) ?? []);
  if (!gradient) return;
  gradients.set(tensor, [gradient]);
  const towards = VJP_RULES[tensor.op](tensor, gradient);
  tensor.inputs.forEach((input, position) => {
    const contribution = path.has(input) ? towards[position]?.() : undefined;
    if (!contribution) return;
    const others = gradients.get(input);
    if (others) others.push(contribution);
    else gradients.set(input, [contribution]);
  });
}

/** Adds gradients that reach one tensor along several paths. */
function accumulate(gradients: readonly Tensor[]): Tensor | undefined {
  return gradients.length === 0
    ? undefined
    : gradients.reduce((total, gradient) => add(total, gradient));
}
