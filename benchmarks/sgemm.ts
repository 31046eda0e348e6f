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
  const [a, b, c] = [1, 2, 0].map((offset) => filled(offset, executor.workers !== undefined));
  return { name: 'sgemm', run: () => product.run({ a: a!, b: b! }, { c: c! }) };
}

/** As many such products as the executor has workers, each by one of them. */
export async function sgemmOnWorkers(executor: OrtExecutor): Promise<Contender> {
  const products = await Promise.all(
    Array.from({ length: executor.workers! }, () => sgemm(executor)),
  );
  return {
    name: 'sgemm on workers',
    run: () => Promise.all(products.map((product) => product.run())),
  };
}

function filled(offset: number, shared: boolean): TensorData {
  const bytes = 4 * SGEMM_SIZE ** 2;
  const data = new Float32Array(shared ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes));
  for (let i = 0; i < data.length; i++) data[i] = Math.sin(i + offset);
  return { dtype: 'float32', shape: [SGEMM_SIZE, SGEMM_SIZE], data };
}
