import { describe, expect, it } from 'vitest';
import { meanInterval } from './interval.js';

describe('meanInterval', () => {
  it('has the t-interval in closed form', () => {
    const { mean, low, high } = meanInterval([1, 2, 3]);
    expect(mean).toBe(2);
    expect(high! - mean).toBeCloseTo(4.302653 / Math.sqrt(3), 5);
    expect(mean - low!).toBeCloseTo(high! - mean, 12);
  });

  it('has no interval for one value', () => {
    expect(meanInterval([0.5])).toEqual({ mean: 0.5, low: null, high: null });
  });

  it.each([
    [12, 2.200985],
    [31, 2.042272],
    [101, 1.983972],
  ])('knows the quantile for %i values', (n, quantile) => {
    const values = Array.from({ length: n }, (_, i) => i);
    const { mean, high } = meanInterval(values);
    const stderr = Math.sqrt(values.reduce((s, v) => s + (v - mean) ** 2, 0) / (n - 1) / n);
    expect((high! - mean) / stderr).toBeCloseTo(quantile, 3);
  });
});
