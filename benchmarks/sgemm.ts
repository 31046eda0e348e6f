import { matMul, spec, type TensorData, trace } from '@limaml/graph';
import type { OrtExecutor } from '@limaml/backend-ort';
import type { Contender } from './measure.ts';

/** Rows and columns of the matrices. */
export const SGEMM_SIZE = 2048;

/** Floating-point operations of one call of {@link sgemm}. */
export const SGEMM_FLOPS = 2 * SGEMM_SIZE ** 3;

/** The product of two large square matrices: the most that ONNX Runtime's kernels get out of the machine. */
export async function sgemm(executor: OrtExecutor): Promise<Contender> {
  const square = spec([SGEMM_SIZE, SGEMM_SIZE]);
  const program = trace({ a: square, b: square }, ({ a, b }) => ({ c: matMul(a, b) }));
  const product = await executor.compile(program, { name: 'sgemm' });
  const [a, b, c] = [filled(1), filled(2), filled(0)];
  return { name: 'sgemm', run: () => product.run({ a, b }, { c }) };
}

function filled(offset: number): TensorData {
  const data = Float32Array.from({ length: SGEMM_SIZE * SGEMM_SIZE }, (_, i) =>
    Math.sin(i + offset),
  );
  return { dtype: 'float32', shape: [SGEMM_SIZE, SGEMM_SIZE], data };
}
