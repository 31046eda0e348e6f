import { add, constant, matMul, relu, spec, trace, type TensorData } from '@limaml/graph';
import { describe, expect, it } from 'vitest';
import { quantiseOnnx, readOnnx, surveyOnnx, toOnnx } from './index.js';
import { runModel } from './run-model.test-support.js';

const waves = (shape: readonly number[], phase: number, size = 1): TensorData => {
  const count = shape.reduce((product, length) => product * length, 1);
  const data = Float32Array.from({ length: count }, (_, at) => size * Math.sin(phase + 1.3 * at));
  return { dtype: 'float32', shape, data };
};

const fixed = ({ shape, data }: TensorData) => constant([...data], shape);

/** Two layers with constant weights; the columns of the first differ a hundredfold. */
function network(): Uint8Array {
  const first = waves([6, 8], 1);
  first.data.forEach((_, at) => (first.data[at]! *= at % 8 === 3 ? 100 : 1));
  const program = trace({ x: spec(['T', 'B', 6]) }, ({ x }) => {
    const hidden = relu(add(matMul(x, fixed(first)), fixed(waves([8], 4))));
    return { y: matMul(hidden, fixed(waves([8, 3], 2))) };
  });
  return toOnnx(program, { metadata: { trainedOn: 'waves' } });
}

describe('quantiseOnnx', () => {
  it('gives a model of a quarter of the weights that computes nearly the same in ONNX Runtime', async () => {
    const model = network();
    const { bytes, products } = quantiseOnnx(model);
    expect(products).toBe(2);
    expect(readOnnx(bytes)).toEqual(readOnnx(model));
    expect(surveyOnnx(bytes).operators).toMatchObject({
      ...{ DynamicQuantizeLinear: 2, MatMulInteger: 2 },
    });
    expect(surveyOnnx(bytes).operators).not.toHaveProperty('MatMul');
    for (const shape of [
      [1, 1, 6],
      [3, 5, 6],
    ]) {
      const x = waves(shape, 0.2);
      const expected = (await runModel(model, { x })).y!.data as Float32Array;
      const found = (await runModel(bytes, { x })).y!;
      expect([...found.dims]).toEqual([...shape.slice(0, 2), 3]);
      const greatest = Math.max(...expected.map(Math.abs));
      (found.data as Float32Array).forEach((value, at) => {
        expect(Math.abs(value - expected[at]!)).toBeLessThan(0.03 * greatest);
      });
    }
  });

  it('does not saturate where all factors are as large as they get', async () => {
    const ones = { dtype: 'float32', shape: [64, 2], data: new Float32Array(128).fill(1) } as const;
    const program = trace({ x: spec(['B', 64]) }, ({ x }) => ({ y: matMul(x, fixed(ones)) }));
    const x = { ...ones, shape: [2, 64] };
    const { y } = await runModel(quantiseOnnx(toOnnx(program)).bytes, { x });
    for (const value of y!.data as Float32Array) expect(value).toBeCloseTo(64, 3);
  });

  it('shares what two products read, and leaves other products and weights alone', async () => {
    const weight = fixed(waves([4, 4], 1));
    const program = trace({ x: spec(['B', 4]), w: spec([4, 4]) }, ({ x, w }) => ({
      y: add(matMul(x, weight), matMul(x, fixed(waves([4, 4], 2)))),
      free: matMul(x, w),
      kept: add(w, weight),
    }));
    const { bytes, products } = quantiseOnnx(toOnnx(program));
    expect(products).toBe(2);
    expect(surveyOnnx(bytes).operators).toMatchObject({ DynamicQuantizeLinear: 1, MatMul: 1 });
    const feeds = { x: waves([2, 4], 3), w: waves([4, 4], 5) };
    const expected = await runModel(toOnnx(program), feeds);
    const found = await runModel(bytes, feeds);
    expect(found.kept!.data).toEqual(expected.kept!.data);
    expect(found.free!.data).toEqual(expected.free!.data);
  });

  it('keeps zero columns zero, and models without weights as they are', async () => {
    const weight = waves([4, 2], 1);
    weight.data.forEach((_, at) => (weight.data[at]! *= at % 2));
    const program = trace({ x: spec(['B', 4]) }, ({ x }) => ({ y: matMul(x, fixed(weight)) }));
    const { y } = await runModel(quantiseOnnx(toOnnx(program)).bytes, { x: waves([3, 4], 2) });
    expect([0, 2, 4].map((at) => (y!.data as Float32Array)[at])).toEqual([0, 0, 0]);
    const plain = toOnnx(trace({ x: spec(['B', 4]) }, ({ x }) => ({ y: relu(x) })));
    expect(quantiseOnnx(plain)).toEqual({ bytes: plain, products: 0 });
  });
});
