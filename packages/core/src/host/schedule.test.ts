import { describe, expect, it } from 'vitest';
import {
  constantSchedule,
  cosineSchedule,
  exponentialSchedule,
  linearSchedule,
  stepSchedule,
} from './schedule.js';

const warmup = 10;
const falling = { steps: 100, warmup, floor: 0.2 };

describe('a schedule', () => {
  it.each([
    ['constant', constantSchedule({ warmup }), [1, 1, 1]],
    ['cosine', cosineSchedule(falling), [0.2 + 0.8 / 2, 0.2, 0.2]],
    ['linear', linearSchedule(falling), [0.6, 0.2, 0.2]],
    ['exponential', exponentialSchedule(falling), [Math.sqrt(0.2), 0.2, 0.2]],
    ['step', stepSchedule({ every: 50, factor: 0.5, warmup }), [0.5, 0.25, 0.5 ** 20]],
  ] as const)('rises linearly, falls, and stays at its floor: %s', (_, schedule, expected) => {
    const atStart = schedule(9);
    expect(schedule(0) / atStart).toBeCloseTo(0.1, 1);
    expected.forEach((factor, at) => {
      expect(schedule([50, 100, 1000][at]!)).toBeCloseTo(factor, 12);
    });
  });

  it('begins at 1 without warm-up', () => {
    const options = { steps: 10, floor: 0.1 };
    for (const make of [cosineSchedule, linearSchedule, exponentialSchedule]) {
      expect(make(options)(0)).toBe(1);
    }
    expect(constantSchedule()(7)).toBe(1);
  });

  it.each([
    ['no steps', () => cosineSchedule({ steps: 0 })],
    ['a floor above 1', () => linearSchedule({ steps: 9, floor: 1.5 })],
    ['an exponential decay to 0', () => exponentialSchedule({ steps: 9, floor: 0 })],
    ['a growing step', () => stepSchedule({ every: 9, factor: 2 })],
    ['a negative warm-up', () => constantSchedule({ warmup: -1 })],
  ])('refuses %s', (_, make) => {
    expect(make).toThrow('LIMAML_ERR_CORE_OPTION_INVALID');
  });
});
