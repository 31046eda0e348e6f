import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createMicroBatcher } from './micro-batcher.js';

/** A batcher of numbers that doubles them, and the batches it ran. */
function doubling(options: { maxSize?: number; maxDelayMs?: number; runMs?: number } = {}) {
  const { maxSize = 100, maxDelayMs = 1000, runMs = 0 } = options;
  const batches: (readonly number[])[] = [];
  const call = createMicroBatcher<number, number>({
    ...{ maxSize, maxDelayMs, sizeOf: () => 1 },
    run: async (calls) => {
      batches.push(calls);
      if (calls.includes(-1)) throw new Error('minus one');
      if (runMs > 0) await sleep(runMs);
      return calls.map((value) => 2 * value);
    },
  });
  return { call, batches };
}

describe('createMicroBatcher', () => {
  it('computes what comes in one turn together, and gives each call its own result', async () => {
    const { call, batches } = doubling();
    expect(await Promise.all([1, 2, 3].map(call))).toEqual([2, 4, 6]);
    expect(batches).toEqual([[1, 2, 3]]);
  });

  it('closes a batch that is full', async () => {
    const { call, batches } = doubling({ maxSize: 2 });
    await Promise.all([1, 2, 3, 4, 5].map(call));
    expect(batches).toEqual([[1, 2], [3, 4], [5]]);
  });

  it('gathers calls while a batch runs', async () => {
    const { call, batches } = doubling({ runMs: 30 });
    const first = call(1);
    await sleep(5);
    await Promise.all([first, call(2), call(3)]);
    expect(batches).toEqual([[1], [2, 3]]);
  });

  it('lets no call wait for a running batch longer than the cap', async () => {
    const { call, batches } = doubling({ runMs: 400, maxDelayMs: 5 });
    const first = call(1);
    await sleep(10);
    const second = call(2);
    await sleep(100);
    expect(batches).toEqual([[1], [2]]);
    await Promise.all([first, second]);
  });

  it('tells the calls of a batch that failed, and goes on', async () => {
    const { call } = doubling();
    const failed = await Promise.allSettled([call(1), call(-1)]);
    expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await call(4)).toBe(8);
  });
});
