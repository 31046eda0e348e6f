import { expect } from 'vitest';
import type { Value } from './index.js';

/** Expects the same names and shapes, and elements that differ by no more than tolerance·max(1, |expected|). */
export function expectClose(
  actual: Readonly<Record<string, Value>>,
  expected: Readonly<Record<string, Value>>,
  tolerance: number,
): void {
  expect(Object.keys(actual)).toEqual(Object.keys(expected));
  for (const [name, { shape, data }] of Object.entries(expected)) {
    expect(actual[name]!.shape, name).toEqual(shape);
    data.forEach((value, position) => {
      const error = Math.abs(actual[name]!.data[position]! - value) / Math.max(1, Math.abs(value));
      expect(error, `${name}[${position}]`).toBeLessThanOrEqual(tolerance);
    });
  }
}
