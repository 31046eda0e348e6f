import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildTasks, rowsOfTasks, splitTasks } from './index.js';
import { member, smallLog } from './small-log.test-support.js';

const seeds = fc.integer({ min: 0, max: 1e6 });
const RUNS = { seed: 1, numRuns: 50 };

describe('buildTasks', () => {
  it('gives every row to its member once, in order of (time, log order)', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const log = smallLog(seed);
        const { taskIds, offsets, rows } = buildTasks(log, member);
        expect([...rows].sort((a, b) => a - b)).toEqual(
          Array.from({ length: log.rows }, (_, r) => r),
        );
        expect(offsets[0]).toBe(0);
        expect(offsets.at(-1)).toBe(log.rows);
        taskIds.forEach((id, task) => {
          const own = [...rows.subarray(offsets[task], offsets[task + 1])];
          expect(own.length).toBeGreaterThan(0);
          for (const [at, row] of own.entries()) {
            expect(log.entities.member!.ids[log.refs.member![row]!]).toBe(id);
            if (at === 0) continue;
            const before = own[at - 1]!;
            const gap = log.timestamp[row]! - log.timestamp[before]!;
            expect(gap > 0 || (gap === 0 && row > before)).toBe(true);
          }
        });
      }),
      RUNS,
    );
  });

  it('leaves out rows of no task, and refuses a log without any', () => {
    const log = smallLog(3);
    const some = { ...log, refs: { ...log.refs, member: log.refs.member!.map((r) => r || -1) } };
    expect(buildTasks(some, member).taskIds).not.toContain('u0');
    const none = { ...log, refs: { ...log.refs, member: new Int32Array(log.rows).fill(-1) } };
    expect(() => buildTasks(none, member)).toThrow('LIMAML_ERR_DATA_NO_TASKS');
  });
});

describe('splitTasks', () => {
  it('puts each task into one part, by seed', () => {
    const tasks = buildTasks(smallLog(1, 600, 50), member);
    const split = splitTasks(tasks, { seed: 4 });
    const all = [...split.train, ...split.validation, ...split.test].sort((a, b) => a - b);
    expect(all).toEqual(tasks.taskIds.map((_, task) => task));
    expect([split.test.length, split.validation.length]).toEqual([10, 4]);
    expect(splitTasks(tasks, { seed: 4 })).toEqual(split);
    expect(splitTasks(tasks, { seed: 5 }).test).not.toEqual(split.test);
  });

  it('marks the rows of tasks', () => {
    const tasks = buildTasks(smallLog(1), member);
    const mask = rowsOfTasks(tasks, [0, 2]);
    const own = [0, 2].map((task) => tasks.offsets[task + 1]! - tasks.offsets[task]!);
    expect(mask.reduce((sum, bit) => sum + bit, 0)).toBe(own[0]! + own[1]!);
    expect(mask[tasks.rows[tasks.offsets[1]!]!]).toBe(0);
  });
});
