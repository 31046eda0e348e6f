import { add } from '../ops/binary.js';
import { matMul } from '../ops/products.js';
import { sameShape } from '../shape.js';
import { isOp } from '../tensor.js';
import type { Tensor } from '../tensor.js';
import type { Rewrite } from './rewrite.js';

/**
 * Sums of products with a common factor: `A·B + A·C = A·(B + C)`, also when another term stands
 * before them: `(u + A·B) + A·C = u + A·(B + C)`. Gradients of a shared weight have this form, one
 * term per inner step.
 */
export const factorProducts: Rewrite = (tensor, isUsedOnce) => {
  if (!isOp(tensor, 'add') || !isUsedOnce(0) || !isUsedOnce(1)) return tensor;
  const [a, b] = tensor.inputs as [Tensor, Tensor];
  return factor(a, b) ?? factorInto(a, b) ?? factorInto(b, a) ?? tensor;
};

function factorInto(total: Tensor, term: Tensor): Tensor | undefined {
  if (!isOp(total, 'add')) return undefined;
  const [u, v] = total.inputs as [Tensor, Tensor];
  const [withV, withU] = [factor(v, term), factor(u, term)];
  if (withV) return add(u, withV);
  return withU && add(withU, v);
}

function factor(p: Tensor, q: Tensor): Tensor | undefined {
  if (!isOp(p, 'matMul') || !isOp(q, 'matMul')) return undefined;
  const sameFlags =
    p.attrs.transposeA === q.attrs.transposeA && p.attrs.transposeB === q.attrs.transposeB;
  const [a, b] = p.inputs as [Tensor, Tensor];
  const [c, d] = q.inputs as [Tensor, Tensor];
  if (!sameFlags || !sameShape(a.shape, c.shape) || !sameShape(b.shape, d.shape)) return undefined;
  if (a === c) return matMul(a, add(b, d), p.attrs);
  return b === d ? matMul(add(a, c), b, p.attrs) : undefined;
}
