import { expect, it } from 'vitest';
import { createRate } from './progress-rate.js';

it('tells rate and time left, from what this job has done', () => {
  let time = 5000;
  const rate = createRate('entities', () => time);
  const at = (seconds: number, done: number): string => {
    time = 5000 + 1000 * seconds;
    return rate({ done, total: 20_000 });
  };
  expect(at(0, 8000)).toBe('8000/20000');
  expect(at(2, 9000)).toBe('9000/20000 · 500 entities/s · 22 s left');
  expect(at(100, 9000)).toBe('9000/20000 · 10 entities/s · 19 min left');
  expect(at(10_000, 9000)).toMatch(/ · 0 entities\/s · 30 h 34 min left$/);
});
