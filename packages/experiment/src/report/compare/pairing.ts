import type { ReportInterval, ReportModel, ReportResults } from '@limaml/plugin';
import { meanInterval } from '../../evaluation/interval.js';
import { specDifferences } from './spec-difference.js';

/** Whether the same seed means the same test tasks in both results, and which seeds both have. */
export interface Pairing {
  readonly seeds: readonly number[];
  /** Why runs cannot be paired; undefined where they can. */
  readonly obstacle?: string;
}

/** Keys of the spec that decide which rows are tested with a seed. */
const DECISIVE = ['dataset', 'entity', 'split'];

/** Finds out what of two results can be compared seed by seed. */
export function pairingOf(before: ReportResults, after: ReportResults): Pairing {
  const obstacle = obstacleOf(before, after);
  if (obstacle !== undefined) return { seeds: [], obstacle };
  const others = seedsOf(after);
  const seeds = seedsOf(before).filter((seed) => others.includes(seed));
  return seeds.length > 0 ? { seeds } : { seeds, obstacle: 'they have no seed in common' };
}

function obstacleOf(before: ReportResults, after: ReportResults): string | undefined {
  const [left, right] = [before.data.fingerprint, after.data.fingerprint];
  if (left === undefined || left !== right) return 'the data differ';
  const keys = specDifferences(before.spec, after.spec).map(({ key }) => key);
  const decisive = keys.filter((key) => DECISIVE.includes(key.split('.')[0]!));
  return decisive.length === 0 ? undefined : `the specs differ in ${decisive.join(', ')}`;
}

function seedsOf({ models }: ReportResults): readonly number[] {
  return [...new Set(models.flatMap(({ runs }) => runs.map(({ seed }) => seed)))];
}

/**
 * `after − before` of a metric of one model, with its interval: over the differences of the seeds that both have
 * where runs can be paired, else from the two intervals by squaring and adding their arms (Zou and Donner 2008).
 */
export function differenceOf(
  metric: string,
  before: ReportModel,
  after: ReportModel,
  { seeds, obstacle }: Pairing,
): ReportInterval | null {
  if (obstacle !== undefined) return unpaired(before.metrics[metric], after.metrics[metric]);
  const differences = seeds.flatMap((seed) => {
    const [left, right] = [valueOf(before, seed, metric), valueOf(after, seed, metric)];
    return left === null || right === null ? [] : [right - left];
  });
  return differences.length === 0 ? null : meanInterval(differences);
}

function valueOf({ runs }: ReportModel, wanted: number, metric: string): number | null {
  return runs.find(({ seed }) => seed === wanted)?.metrics[metric] ?? null;
}

function unpaired(
  before: ReportInterval | null | undefined,
  after: ReportInterval | null | undefined,
): ReportInterval | null {
  if (!before || !after) return null;
  const mean = after.mean - before.mean;
  if (before.low === null || before.high === null || after.low === null || after.high === null)
    return { mean, low: null, high: null };
  return {
    mean,
    low: mean - Math.hypot(after.mean - after.low, before.high - before.mean),
    high: mean + Math.hypot(after.high - after.mean, before.mean - before.low),
  };
}
