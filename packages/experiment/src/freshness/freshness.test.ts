import type { Episode } from '@limaml/data';
import type { Predictions } from '@limaml/plugin';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { testRegistry, testSpec } from '../fixtures.test-support.js';
import { loadExperimentData, type ExperimentData } from '../run/experiment-data.js';
import type { ExperimentOptions, RefreshPolicy } from '../spec/schema.js';
import { queryOffsets } from '../baselines/baseline.js';
import { gauc } from '../metrics/index.js';
import type { TestSet } from '../split/seed-data.js';
import { createSeedData } from '../split/create-seed-data.js';
import { evaluateFreshness } from './evaluate-freshness.js';
import { planReplay } from './plan-replay.js';
import { refreshEpisodes } from './refresh-episodes.js';
import { rankSlates } from './slates.js';
import { replayedRows, type ReplayedRows } from './replayed-rows.js';

type SplitOptions = NonNullable<ExperimentOptions['split']>;
type FreshnessOptions = NonNullable<ExperimentOptions['freshness']>;

let data: ExperimentData;
beforeAll(async () => {
  data = await loadExperimentData(testSpec(), testRegistry());
});

/** The replay of a split, and the episodes of a policy. */
function replay(split: SplitOptions = {}, freshness: FreshnessOptions = {}) {
  const spec = testSpec({ split, freshness });
  const { tests, limits } = createSeedData(data, spec, 1);
  const rows = replayedRows(tests[0], spec.split, spec.freshness!);
  const episodes = (policy: RefreshPolicy): Episode[] => refreshEpisodes(rows, policy, limits);
  return { rows, limits, main: tests[0], episodes };
}

const positions = (episodes: readonly Episode[]): number[] =>
  episodes.flatMap(({ queryStart, queryEnd }) =>
    Array.from({ length: queryEnd - queryStart }, (_, at) => queryStart + at),
  );

const supports = (episodes: readonly Episode[]): string[] =>
  episodes.flatMap(({ supportStart, supportEnd, queryStart, queryEnd }) =>
    Array.from({ length: queryEnd - queryStart }, () => `${supportStart} ${supportEnd}`),
  );

const splits = fc.record({
  by: fc.constantFrom('new-entity' as const, 'entity-time' as const, 'global-time' as const),
  maxSupport: fc.integer({ min: 1, max: 20 }),
  maxQuery: fc.integer({ min: 1, max: 9 }),
  minSupport: fc.integer({ min: 0, max: 2 }),
});
const replays = fc.record({
  together: fc.constantFrom(0, 60, 1e6),
  maxQuery: fc.integer({ min: 1, max: 40 }),
  unit: fc.constantFrom('days' as const, 'events' as const),
});
const policies: fc.Arbitrary<RefreshPolicy> = fc.oneof(
  fc.constantFrom('prior' as const, 'never' as const, 'daily' as const, 'event' as const),
  fc.record({ hours: fc.double({ min: 0.1, max: 500, noNaN: true }) }),
  fc.record({ events: fc.integer({ min: 1, max: 30 }) }),
);
const runs = { seed: 1, numRuns: 30 };

describe('refresh policies', () => {
  it('know nothing that is not earlier than the rows they score', () => {
    fc.assert(
      fc.property(splits, replays, policies, (split, freshness, policy) => {
        const { rows, limits, episodes } = replay(split, freshness);
        const timeAt = (at: number): number => data.log.timestamp[rows.index.rows[at]!]!;
        for (const each of episodes(policy)) {
          const { task, supportStart, supportEnd, queryStart, queryEnd } = each;
          expect(supportStart).toBeGreaterThanOrEqual(rows.index.offsets[task]!);
          expect(supportEnd - supportStart).toBeLessThanOrEqual(limits.maxSupport);
          expect(queryEnd - queryStart).toBeLessThanOrEqual(limits.maxQuery);
          if (supportEnd === supportStart) continue;
          const gap = timeAt(queryStart) - timeAt(supportEnd - 1);
          expect(gap).toBeGreaterThan(freshness.together * 1000);
        }
      }),
      runs,
    );
  });

  it('score the same rows in the same order', () => {
    fc.assert(
      fc.property(splits, replays, policies, (split, freshness, policy) => {
        const { rows, main, episodes } = replay(split, freshness);
        expect(positions(episodes(policy))).toEqual([...rows.position]);
        expect(rows.spans.map(({ cut }) => cut)).toEqual(
          main.episodes.map(({ queryStart }) => queryStart),
        );
      }),
      runs,
    );
  });

  it('come to the same where there is nothing to refresh with', () => {
    fc.assert(
      fc.property(splits, replays, (split, freshness) => {
        const { rows, episodes } = replay(split, freshness);
        const never = supports(episodes('never'));
        expect(supports(episodes({ hours: 1e7 }))).toEqual(never);
        expect(supports(episodes({ events: 1e7 }))).toEqual(never);
        const fresh = supports(episodes('event'));
        const atCut = (row: number): boolean =>
          rows.spans.some(({ generatedFrom }) => generatedFrom === rows.slate[row]);
        rows.slate.forEach((_, row) => {
          if (atCut(row)) expect(fresh[row]).toBe(never[row]);
        });
      }),
      runs,
    );
  });

  it('are fresher the more often they refresh', () => {
    const { rows, episodes } = replay({ by: 'global-time' });
    const ends = (policy: RefreshPolicy): number[] =>
      supports(episodes(policy)).map((range) => Number(range.split(' ')[1]));
    const order = (['never', { hours: 72 }, 'daily', 'event'] as const).map(ends);
    rows.position.forEach((_, row) => {
      const known = order.map((policy) => policy[row]!);
      expect(known).toEqual(known.toSorted((a, b) => a - b));
    });
    expect(order[3]).not.toEqual(order[2]);
    expect(order[2]).not.toEqual(order[0]);
  });
});

describe('evaluateFreshness', () => {
  it('ranks only what was shown together', async () => {
    const spec = testSpec({ freshness: { policies: ['event'], together: 60 } });
    const plan = planReplay(spec, createSeedData(data, spec, 1))!;
    const gaucWith = async (shift: (episode: number) => number): Promise<number | null> => {
      const predict = ({ index, episodes }: TestSet): Promise<Predictions> => {
        const rows = (episode: Episode): number[] =>
          positions([episode]).map((at) => index.rows[at]!);
        const score = episodes.flatMap((each, e) =>
          rows(each).map((row) => Math.sin(row) + shift(e)),
        );
        const label = episodes.flatMap((each) => rows(each).map((row) => data.log.label[row]!));
        return Promise.resolve({
          ...{ tasks: episodes.length, offsets: queryOffsets(episodes), seed: 1 },
          ...{ score: Float32Array.from(score), label: Float32Array.from(label) },
        });
      };
      const { card } = await evaluateFreshness(plan, [gauc()], predict);
      return card.policies[0]!.overall.metrics.gauc!;
    };
    expect(await gaucWith((episode) => episode % 7)).toBeCloseTo((await gaucWith(() => 0))!, 5);
  });
});

describe('rankSlates', () => {
  const { log } = { log: () => data.log };
  const shown = (): ReplayedRows => replay({ minSupport: 0 }, { together: 60 }).rows;
  const scores = (of: (row: number) => number) => {
    const rows = shown();
    const score = Float32Array.from(rows.position, (at) => of(rows.index.rows[at]!));
    const ranked = rankSlates({ rows }, { score }, truth());
    const sum = (key: 'ranked' | 'best' | 'random' | 'logged' | 'slates'): number =>
      ranked.reduce((total, task) => total + task[key], 0);
    return { ranked, sum };
  };
  const truth = (): ArrayLike<number> => log().trueProbability!;

  it('has no regret with the truth, and never less than none', () => {
    expect(scores((row) => truth()[row]!).sum('ranked')).toBeCloseTo(
      scores(() => 0).sum('best'),
      10,
    );
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const { ranked } = scores((row) => Math.sin(seed + row));
        for (const { ranked: chosen, best } of ranked) {
          expect(best - chosen).toBeGreaterThanOrEqual(-1e-9);
        }
      }),
      runs,
    );
  });

  it('counts a random ranking as the mean true probability of what was shown', () => {
    const { sum } = scores(() => 1);
    expect(sum('ranked')).toBeCloseTo(sum('random'), 10);
    expect(sum('slates')).toBeGreaterThan(50);
    const draws = Array.from({ length: 100 }, (_, draw) =>
      scores((row) => (Math.sin(row * 12.9898 + draw * 78.233) * 43758.5453) % 1).sum('ranked'),
    );
    const mean = draws.reduce((total, value) => total + value, 0) / draws.length;
    expect(mean / sum('random')).toBeCloseTo(1, 2);
  });
});
