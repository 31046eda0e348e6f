import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { testRegistry, testSpec } from '../fixtures.test-support.js';
import { loadExperimentData, type ExperimentData } from '../run/experiment-data.js';
import { withCode } from '../run/experiment-runner.test-support.js';
import type { ExperimentOptions } from '../spec/schema.js';
import { createSeedData } from './create-seed-data.js';
import { assertNoLeak } from './leaks.js';
import type { SeedData, TestSet } from './seed-data.js';

type SplitOptions = NonNullable<ExperimentOptions['split']>;

let data: ExperimentData;
beforeAll(async () => {
  data = await loadExperimentData(testSpec(), testRegistry());
});

function divide(split: SplitOptions, seed = 1): SeedData {
  return createSeedData(data, testSpec({ split }), seed);
}

function rowsOf({ index, episodes }: TestSet, part: 'support' | 'query'): number[] {
  return episodes.flatMap((episode) =>
    Array.from(index.rows.subarray(episode[`${part}Start`], episode[`${part}End`])),
  );
}

const named = (sets: SeedData, name: string): TestSet =>
  sets.tests.find((set) => set.name === name)!;

const splits = fc.record({
  by: fc.constantFrom('new-entity' as const, 'entity-time' as const, 'global-time' as const),
  testShare: fc.double({ min: 0.1, max: 0.5, noNaN: true }),
  validationShare: fc.double({ min: 0.05, max: 0.3, noNaN: true }),
  maxSupport: fc.integer({ min: 3, max: 20 }),
  maxQuery: fc.integer({ min: 1, max: 20 }),
  minSupport: fc.integer({ min: 0, max: 3 }),
  newCandidates: fc.constantFrom(null, { share: 0.3 }),
  supportSizes: fc.subarray([0, 2]),
});

describe('splits', () => {
  it('never train on what is tested, and never show an episode its future', () => {
    fc.assert(
      fc.property(splits, fc.integer({ min: 0, max: 1000 }), (drawn, seed) => {
        const split = { ...drawn, testTrained: drawn.by === 'new-entity' };
        const { tests, trainRows, validation } = divide(split, seed);
        const { timestamp } = data.log;
        for (const set of [validation, ...tests]) {
          const query = rowsOf(set, 'query');
          if (set.trained !== 'rows') expect(query.some((row) => trainRows[row] === 1)).toBe(false);
          for (const episode of set.episodes) {
            const one = { ...set, episodes: [episode] };
            const newest = Math.max(...rowsOf(one, 'support').map((row) => timestamp[row]!));
            const oldest = Math.min(...rowsOf(one, 'query').map((row) => timestamp[row]!));
            expect(newest).toBeLessThanOrEqual(oldest);
          }
        }
        expect(new Set(rowsOf(tests[0], 'query')).size).toBe(rowsOf(tests[0], 'query').length);
      }),
      { seed: 1, numRuns: 40 },
    );
  });

  it('by entity hold out entities, and by rows their number', () => {
    const { train, tests, training } = divide({ testRows: { min: 20, max: 30 } });
    const rows = (task: number): number => training.offsets[task + 1]! - training.offsets[task]!;
    expect(tests[0].episodes.every(({ task }) => rows(task) >= 20 && rows(task) <= 30)).toBe(true);
    expect([...train].every((task) => rows(task) > 30)).toBe(true);
    expect(train.length).toBeGreaterThan(0);
  });

  it('by time train on every entity up to a moment, and test all that comes later', () => {
    const { timestamp } = data.log;
    const { trainRows, tests, validation } = divide({ by: 'global-time', maxQuery: 1000 });
    const times = (rows: number[]): number[] => rows.map((row) => timestamp[row]!);
    const trained = times([...trainRows.keys()].filter((row) => trainRows[row]));
    const [checked, tested] = [validation, tests[0]].map((set) => times(rowsOf(set, 'query')));
    expect(Math.max(...trained)).toBeLessThan(Math.min(...checked!));
    expect(Math.max(...checked!)).toBeLessThan(Math.min(...tested!));
    expect(tested!.length / timestamp.length).toBeCloseTo(0.2, 1);
  });

  it('of each entity test its newest rows', () => {
    const { tests } = divide({ by: 'entity-time', testShare: 0.25, maxQuery: 1000 });
    const [{ index, episodes }] = tests;
    for (const { task, queryStart, queryEnd } of episodes) {
      const rows = index.offsets[task + 1]! - index.offsets[task]!;
      expect(queryEnd).toBe(index.offsets[task + 1]);
      expect((queryEnd - queryStart) / rows).toBeCloseTo(0.25, 0);
    }
  });

  it('keep entities without support when asked to', () => {
    const split = {
      by: 'global-time',
      cut: new Date(data.log.timestamp[20]!).toISOString(),
    } as const;
    const sizes = (set: TestSet): number[] =>
      set.episodes.map(({ supportStart, supportEnd }) => supportEnd - supportStart);
    const [some, all] = [1, 0].map((minSupport) => divide({ ...split, minSupport }).tests[0]);
    expect(Math.min(...sizes(some!))).toBeGreaterThan(0);
    expect(sizes(all!)).toContain(0);
  });

  it('test new candidates apart, for new entities and for trained ones', () => {
    const split = { newCandidates: { share: 0.4 }, testTrained: true, cut: { query: 3 } } as const;
    const seedData = divide(split);
    const { trainRows, tests } = seedData;
    const job = data.log.refs.job!;
    const known = new Set(
      [...trainRows.keys()].filter((row) => trainRows[row]).map((row) => job[row]),
    );
    expect(tests.map(({ name }) => name)).toEqual([
      ...['test', 'new candidates', 'trained entities, new candidates', 'trained rows'],
    ]);
    for (const name of ['new candidates', 'trained entities, new candidates']) {
      const jobs = rowsOf(named(seedData, name), 'query').map((row) => job[row]);
      expect(jobs.length).toBeGreaterThan(0);
      expect(jobs.some((ref) => known.has(ref))).toBe(false);
    }
    expect(rowsOf(named(seedData, 'trained rows'), 'query').every((row) => trainRows[row])).toBe(
      true,
    );
  });

  it('test new candidates with all entities that have rows of them, whether they are trained on or not', () => {
    const split = { newCandidates: { share: 0.5 }, testTrained: true, rows: { min: 14 } } as const;
    const seedData = divide(split);
    const trained = new Set(seedData.train);
    const existing = named(seedData, 'trained entities, new candidates').episodes;
    expect(existing.some(({ task }) => trained.has(task))).toBe(true);
    expect(existing.some(({ task }) => !trained.has(task))).toBe(true);
    const tested = new Set(seedData.tests[0].episodes.map(({ task }) => task));
    const fresh = named(seedData, 'new candidates').episodes;
    expect(fresh.some(({ task }) => !tested.has(task))).toBe(true);
    expect(fresh.some(({ task }) => existing.some((other) => other.task === task))).toBe(false);
  });

  it('test the same query rows with less support', () => {
    const seedData = divide({ supportSizes: [0, 3] });
    const [main] = seedData.tests;
    for (const size of [0, 3]) {
      const set = named(seedData, `support ${size}`);
      expect(rowsOf(set, 'query')).toEqual(rowsOf(main, 'query'));
      const sizes = set.episodes.map((episode) => episode.supportEnd - episode.supportStart);
      expect(Math.max(...sizes)).toBe(size);
    }
  });

  it('in random order are drawn by seed', () => {
    const split = { order: 'random', cut: { query: 5 } } as const;
    const query = (seed: number): number[] => rowsOf(divide(split, seed).tests[0], 'query');
    expect(query(1)).toEqual(query(1));
    const { timestamp } = data.log;
    const inTime = query(1).every(
      (row, at, all) => at === 0 || timestamp[all[at - 1]!]! <= timestamp[row]!,
    );
    expect(inTime).toBe(false);
  });

  it('say which column tells new candidates', () => {
    const split = { newCandidates: { column: 'yeer', from: 3 } };
    expect(() => divide(split)).toThrow(withCode('CANDIDATE_COLUMN'));
  });
});

describe('leaks', () => {
  const check = (split: SplitOptions, spoil: (seedData: SeedData) => SeedData): (() => void) => {
    const spec = testSpec({ split });
    const spoiled = spoil(divide(split));
    return () => {
      assertNoLeak(data, spec.split, spoiled);
    };
  };
  const withTest = (seedData: SeedData, change: Partial<TestSet>): SeedData => ({
    ...seedData,
    tests: [{ ...seedData.tests[0], ...change }],
  });

  it('are found: a support row later than a query row', () => {
    const swap = check({}, (seedData) =>
      withTest(seedData, {
        episodes: seedData.tests[0].episodes.map((episode) => ({
          ...episode,
          ...{ supportStart: episode.queryStart, supportEnd: episode.queryEnd },
          ...{ queryStart: episode.supportStart, queryEnd: episode.supportEnd },
        })),
      }),
    );
    expect(swap).toThrow(/later than a query row/);
  });

  it('are found: a query row that encoders are fitted on', () => {
    const fitted = check({ by: 'entity-time' }, (seedData) => ({
      ...seedData,
      trainRows: seedData.trainRows.map(() => 1),
    }));
    expect(fitted).toThrow(withCode('LEAK'));
  });

  it('are found: a tested entity in training', () => {
    const trained = check({}, (seedData) => ({
      ...seedData,
      train: Int32Array.of(seedData.tests[0].episodes[0]!.task),
    }));
    expect(trained).toThrow(/tested entity is also a training task/);
  });

  it('are found: a new candidate with a training row', () => {
    const candidate = check({ newCandidates: { share: 0.3 } }, (seedData) => {
      const trainRows = new Uint8Array(seedData.trainRows.length);
      const [first] = rowsOf(named(seedData, 'new candidates'), 'query');
      const ref = data.log.refs.job![first!];
      const queried = new Set(seedData.tests.flatMap((set) => rowsOf(set, 'query')));
      const free = [...trainRows.keys()].filter(
        (row) => data.log.refs.job![row] === ref && !queried.has(row),
      );
      for (const row of free) trainRows[row] = 1;
      return { ...seedData, trainRows };
    });
    expect(candidate).toThrow(/new candidate has a training row/);
  });
});
