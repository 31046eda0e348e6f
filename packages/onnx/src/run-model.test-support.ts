import { evaluateDim, interpret } from '@limaml/graph';
import type { Program, TensorData, TensorSpec } from '@limaml/graph';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { expect } from 'vitest';
import { toOnnx } from './to-onnx.js';

/** Runs a model in ONNX Runtime. */
export async function runModel(
  model: Uint8Array,
  feeds: Readonly<Record<string, TensorData>>,
): Promise<Record<string, Tensor>> {
  const session = await InferenceSession.create(model, {
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  const tensors = Object.entries(feeds).map(([name, { dtype, data, shape }]) => [
    name,
    new Tensor(dtype, data, shape),
  ]);
  const results = await session.run(Object.fromEntries(tensors) as Record<string, Tensor>);
  await session.release();
  return results;
}

/** Lowers a program, runs it and expects what the interpreter computes, to float32 accuracy. */
export async function expectAgreement(
  program: Program,
  feeds: Readonly<Record<string, TensorData>>,
  tolerance = 1e-5,
): Promise<void> {
  const expected = interpret(program, feeds);
  const actual = await runModel(toOnnx(program), feeds);
  for (const [name, { shape, data }] of Object.entries(expected)) {
    const { dims, data: found, type } = actual[name]!;
    expect({ name, dims: [...dims], type }).toEqual({
      name,
      dims: [...shape],
      type: program.outputs[name]!.dtype,
    });
    expect(largestError(found as Float32Array, data), name).toBeLessThan(tolerance);
  }
}

/** Relative where numbers are large, absolute where they are small. */
function largestError(found: ArrayLike<number>, expected: Float64Array): number {
  return expected.reduce(
    (worst, value, i) =>
      Object.is(value, found[i])
        ? worst
        : Math.max(worst, Math.abs(found[i]! - value) / Math.max(1, Math.abs(value))),
    0,
  );
}

/** Deterministic feeds: floats in (−2, 2), indices 0 to 2, alternating bools. */
export function feedsFor(
  specs: Readonly<Record<string, TensorSpec>>,
  sizes: Readonly<Record<string, number>> = {},
): Record<string, TensorData> {
  return Object.fromEntries(
    Object.entries(specs).map(([name, { shape, dtype }], position) => {
      const numeric = shape.map((dim) => evaluateDim(dim, sizes));
      const count = numeric.reduce((product, size) => product * size, 1);
      const numbers = Array.from({ length: count }, (_, i) => Math.sin(1 + position + 1.7 * i) * 2);
      return [name, tensorData(dtype, numeric, numbers)];
    }),
  );
}

function tensorData(dtype: TensorData['dtype'], shape: number[], numbers: number[]): TensorData {
  if (dtype === 'float32') return { dtype, shape, data: Float32Array.from(numbers) };
  if (dtype === 'int32')
    return { dtype, shape, data: Int32Array.from(numbers, (x) => Math.floor(Math.abs(x) * 1.49)) };
  return { dtype, shape, data: Uint8Array.from(numbers, (x) => Number(x > 0)) };
}
