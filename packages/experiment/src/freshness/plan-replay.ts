import type { EpisodeLimits } from '@limaml/data';
import type { ExperimentSpec, FreshnessSpec } from '../spec/schema.js';
import type { SeedData, TestSet } from '../split/seed-data.js';
import { replayedRows, type ReplayedRows } from './replayed-rows.js';

/** What is replayed in all runs of one seed. */
export interface ReplayPlan {
  readonly freshness: FreshnessSpec;
  readonly limits: EpisodeLimits;
  /** The test set behind whose cuts the log is replayed. */
  readonly main: TestSet;
  readonly rows: ReplayedRows;
  /** Whether all tasks are cut at one moment, so that days mean the same for all. */
  readonly byDay: boolean;
}

/** Plans a replay behind the cuts of the main test set; undefined where the spec has none. */
export function planReplay(
  { freshness, split }: Pick<ExperimentSpec, 'freshness' | 'split'>,
  { tests: [main], limits }: Pick<SeedData, 'tests' | 'limits'>,
): ReplayPlan | undefined {
  if (freshness === null) return undefined;
  const rows = replayedRows(main, split, freshness);
  return { freshness, limits, main, rows, byDay: split.by === 'global-time' };
}
