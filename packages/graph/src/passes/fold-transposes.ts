import { matMul } from '../ops/products.js';
import { isOp } from '../tensor.js';
import type { Tensor } from '../tensor.js';
import type { Rewrite } from './rewrite.js';

/** Transposes of the last two dimensions become flags of the matrix product, which cost nothing. */
export const foldTransposes: Rewrite = (tensor, isUsedOnce) => {
  if (isOp(tensor, 'matMul')) return foldOperands(tensor);
  const [x] = tensor.inputs;
  if (!x || !isOp(x, 'matMul') || !isMatrixTranspose(tensor) || !isUsedOnce(0)) return tensor;
  return transposeOfProduct(x);
};

function foldOperands(tensor: Tensor<'matMul'>): Tensor {
  const [a, b] = tensor.inputs as [Tensor, Tensor];
  const [flipA, flipB] = [isMatrixTranspose(a), isMatrixTranspose(b)];
  if (!flipA && !flipB) return tensor;
  const { transposeA, transposeB } = tensor.attrs;
  return matMul(flipA ? a.inputs[0]! : a, flipB ? b.inputs[0]! : b, {
    transposeA: transposeA !== flipA,
    transposeB: transposeB !== flipB,
  });
}

/** `(A·B)ᵀ = Bᵀ·Aᵀ`. */
function transposeOfProduct({ inputs: [a, b], attrs }: Tensor<'matMul'>): Tensor {
  return matMul(b!, a!, { transposeA: !attrs.transposeB, transposeB: !attrs.transposeA });
}

function isMatrixTranspose(tensor: Tensor): boolean {
  if (!isOp(tensor, 'transpose')) return false;
  const { perm } = tensor.attrs;
  const last = perm.length - 1;
  return (
    last > 0 &&
    perm.every(
      (axis, position) => axis === (position < last - 1 ? position : 2 * last - 1 - position),
    )
  );
}
