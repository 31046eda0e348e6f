import { broadcastTo, reshape } from '../ops/movement.js';
import { matMul } from '../ops/products.js';
import { sameShape } from '../shape.js';
import { isOp } from '../tensor.js';
import type { Tensor } from '../tensor.js';

/**
 * A matrix that is repeated over the batch enters the product once: `x·broadcast(W) = x·W`. The
 * product of a batch with one 2-D matrix is a single large product, and the first inner step of
 * every task starts from the same weights.
 */
export function shareWeights(tensor: Tensor): Tensor {
  if (!isOp(tensor, 'matMul')) return tensor;
  const [a, b] = tensor.inputs as [Tensor, Tensor];
  const [sharedA, sharedB] = [beforeRepetition(a), beforeRepetition(b)];
  if (sharedA === a && sharedB === b) return tensor;
  const product = matMul(sharedA, sharedB, tensor.attrs);
  return sameShape(product.shape, tensor.shape) ? product : broadcastTo(product, tensor.shape);
}

/** The matrix without repeated batch dimensions, 2-D if all of them are. */
function beforeRepetition(tensor: Tensor): Tensor {
  const source = isOp(tensor, 'broadcastTo') ? tensor.inputs[0]! : tensor;
  const matrix = tensor.shape.slice(-2);
  if (!sameShape(source.shape.slice(-2), matrix)) return tensor;
  const single = source.shape.length > 2 && source.shape.slice(0, -2).every((dim) => dim === 1);
  return single ? reshape(source, matrix) : source;
}
