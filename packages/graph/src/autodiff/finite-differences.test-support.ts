import { expect } from 'vitest';
import { add, fill, grad, interpret, mean, mul, square, tanh } from '../index.js';
import type { Feed, Program, Tensor } from '../index.js';

const STEP = 1e-5;

type Feeds = Readonly<Record<string, Feed>>;

/** Checks first and second derivatives of everything a program computes against central differences. */
export function expectDerivatives(program: Program, feeds: Feeds, tolerance = 1e-6): void {
  const first = scalar(Object.values(program.outputs));
  expectGradients(program, first, feeds, tolerance);
  const second = scalar(
    grad(
      first,
      floats(program).map(([, input]) => input),
    ),
  );
  expectGradients(program, second, feeds, tolerance);
}

/** A loss that weighs every element differently, with derivatives of every order. */
function scalar(tensors: readonly Tensor[]): Tensor {
  return tensors
    .filter(({ dtype }) => dtype === 'float32')
    .map((tensor) => mean(square(add(tanh(mul(tensor, 0.7)), 0.4))))
    .reduce((total, term) => add(total, term), fill([], 0));
}

function floats({ inputs }: Program): readonly [string, Tensor][] {
  return Object.entries(inputs).filter(([, { dtype }]) => dtype === 'float32');
}

function expectGradients({ inputs }: Program, loss: Tensor, feeds: Feeds, tolerance: number): void {
  const wrt = floats({ inputs, outputs: {} });
  const gradients = grad(
    loss,
    wrt.map(([, input]) => input),
  );
  const outputs = Object.fromEntries(wrt.map(([name], position) => [name, gradients[position]!]));
  const computed = interpret({ inputs, outputs }, feeds);
  for (const [name, input] of wrt) {
    expect(gradients[wrt.findIndex(([other]) => other === name)]!.shape).toEqual(input.shape);
    const expected = finiteDifferences({ inputs, outputs: { loss } }, feeds, name);
    expected.forEach((value, position) => {
      const error =
        Math.abs(computed[name]!.data[position]! - value) / Math.max(1, Math.abs(value));
      expect(
        error,
        `${name}[${position}]: ${computed[name]!.data[position]!}, not ${value}`,
      ).toBeLessThan(tolerance);
    });
  }
}

function finiteDifferences(program: Program, feeds: Feeds, name: string): readonly number[] {
  const { shape, data } = feeds[name]!;
  const lossAt = (position: number, step: number): number => {
    const moved = Float64Array.from(data, (x, i) => (i === position ? x + step : x));
    return interpret(program, { ...feeds, [name]: { shape, data: moved } }).loss!.data[0]!;
  };
  return Array.from(data, (_, i) => (lossAt(i, STEP) - lossAt(i, -STEP)) / (2 * STEP));
}
