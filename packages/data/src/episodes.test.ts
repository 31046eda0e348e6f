import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildTasks, halfCut, latestSupport, randomCut, timeCut } from './index.js';
import type { Episode, EpisodeLimits, TaskIndex } from './index.js';
import { logOfTimes, member, smallLog } from './small-log.test-support.js';

const RUNS = { seed: 1, numRuns: 100 };
const limits = fc.record({
  maxSupport: fc.integer({ min: 1, max: 6 }),
  maxQuery: fc.integer({ min: 1, max: 6 }),
  window: fc.option(fc.integer({ min: 0, max: 15_000 }), { nil: undefined }),
  ties: fc.constantFrom('log-order' as const, 'exclude' as const),
});

function timeOf(tasks: TaskIndex, position: number): number {
  return tasks.timestamp[tasks.rows[position]!]!;
}

function assertLaws(tasks: TaskIndex, episode: Episode, bounds: EpisodeLimits): void {
  const { task, supportStart, supportEnd, queryStart, queryEnd } = episode;
  expect(supportStart).toBeGreaterThanOrEqual(tasks.offsets[task]!);
  expect(supportStart).toBeLessThanOrEqual(supportEnd);
  // No row is in both parts, and support is before query.
  expect(supportEnd).toBeLessThanOrEqual(queryStart);
  expect(queryStart).toBeLessThan(queryEnd);
  expect(queryEnd).toBeLessThanOrEqual(tasks.offsets[task + 1]!);
  expect(supportEnd - supportStart).toBeLessThanOrEqual(bounds.maxSupport);
  expect(queryEnd - queryStart).toBeLessThanOrEqual(bounds.maxQuery);
  const cut = timeOf(tasks, queryStart);
  for (let at = supportStart; at < supportEnd; at++) {
    if (bounds.ties === 'exclude') expect(timeOf(tasks, at)).toBeLessThan(cut);
    else expect(timeOf(tasks, at)).toBeLessThanOrEqual(cut);
    if (bounds.window !== undefined) {
      expect(timeOf(tasks, at)).toBeGreaterThanOrEqual(cut - bounds.window);
    }
  }
}

describe('episodes', () => {
  it('never show a task its future, whatever the cut', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), limits, (seed, drawn) => {
        const { window, ...rest } = drawn;
        const bounds = window === undefined ? rest : { ...rest, window };
        const tasks = buildTasks(smallLog(seed), member);
        const all = Array.from(tasks.taskIds.keys());
        const episodes = [
          ...halfCut(tasks, all, bounds),
          ...timeCut(tasks, all, 9000, bounds),
          ...randomCut(tasks, all, { ...bounds, seed, epoch: 1 }),
        ];
        for (const episode of episodes) assertLaws(tasks, episode, bounds);
      }),
      RUNS,
    );
  });

  it('cut at ⌊n/2⌋ and keep the newest support and the first query rows', () => {
    const tasks = buildTasks(logOfTimes([1, 2, 3, 4, 5, 6, 7]), member);
    expect(halfCut(tasks, [0], { maxSupport: 2, maxQuery: 3 })).toEqual([
      { task: 0, supportStart: 1, supportEnd: 3, queryStart: 3, queryEnd: 6 },
    ]);
  });

  it('leave tasks without support or query out', () => {
    const tasks = buildTasks(logOfTimes([1]), member);
    const bounds = { maxSupport: 4, maxQuery: 4 };
    expect(halfCut(tasks, [0], bounds)).toEqual([]);
    expect(timeCut(tasks, [0], 1, bounds)).toEqual([]);
    expect(timeCut(tasks, [0], 5, bounds)).toEqual([]);
    expect(randomCut(tasks, [0], { ...bounds, seed: 1, epoch: 0 })).toEqual([]);
  });

  it('can be had without any support, to train the prior', () => {
    const tasks = buildTasks(logOfTimes([1]), member);
    const options = { maxSupport: 4, maxQuery: 4, minSupport: 0, seed: 1, epoch: 0 };
    const [episode] = randomCut(tasks, [0], options);
    expect(episode).toEqual({
      task: 0,
      supportStart: 0,
      supportEnd: 0,
      queryStart: 0,
      queryEnd: 1,
    });
  });

  it('draw the size of their support sets, when told sizes', () => {
    const tasks = buildTasks(smallLog(3, 3000, 60), member);
    const supportSizes = [0, 2, 7];
    const options = { maxSupport: 40, maxQuery: 5, minSupport: 10, seed: 1, supportSizes };
    const sizes = [0, 1, 2, 3].flatMap((epoch) =>
      randomCut(tasks, tasks.taskIds.keys(), { ...options, epoch }).map(
        ({ supportStart, supportEnd }) => supportEnd - supportStart,
      ),
    );
    expect([...new Set(sizes)].sort()).toEqual(supportSizes);
    for (const size of supportSizes) {
      expect(sizes.filter((one) => one === size).length / sizes.length).toBeGreaterThan(0.2);
    }
  });

  it('exclude support rows shown together with the first query row, when asked to', () => {
    const tasks = buildTasks(logOfTimes([1, 2, 5, 5, 5, 9]), member);
    const bounds = { maxSupport: 9, maxQuery: 9 };
    expect(halfCut(tasks, [0], bounds)[0]?.supportEnd).toBe(3);
    expect(halfCut(tasks, [0], { ...bounds, ties: 'exclude' })[0]?.supportEnd).toBe(2);
  });

  it('are the same for the same seed and epoch, and else others', () => {
    const tasks = buildTasks(smallLog(2, 900, 30), member);
    const all = Array.from(tasks.taskIds.keys());
    const draw = (seed: number, epoch: number) =>
      randomCut(tasks, all, { maxSupport: 5, maxQuery: 5, seed, epoch });
    expect(draw(1, 0)).toEqual(draw(1, 0));
    expect(draw(1, 1)).not.toEqual(draw(1, 0));
    expect(draw(2, 0)).not.toEqual(draw(1, 0));
    expect(new Set(draw(1, 0).map(({ task }) => task)).size).toBe(all.length);
  });

  it('take the newest rows for generating embeddings, up to a moment', () => {
    const tasks = buildTasks(logOfTimes([1, 2, 3, 4, 50]), member);
    const at = (now?: number, window = 1000) =>
      latestSupport(tasks, [0], { maxSupport: 3, window }, now).map((episode) => [
        episode.supportStart,
        episode.supportEnd,
      ]);
    expect(at()).toEqual([[2, 5]]);
    expect(at(4)).toEqual([[0, 3]]);
    expect(at(60, 20)).toEqual([[4, 5]]);
    expect(at(0)).toEqual([[0, 0]]);
  });
});
