import { normOf } from './embedding-batch.js';

/** How far the vectors of a generation are from those of the version before. */
export interface Drift {
  /** The version before. */
  readonly version: number;
  /** Whether the same bundle made it. Vectors of another one lie in another space: the figures say little then. */
  readonly comparable: boolean;
  /** Entities with a vector in both. Those whose vector was kept are left out. */
  readonly entities: number;
  /** 1 − cosine, from 0 to 2. Quantiles are read off a histogram and up to 19 % too large. */
  readonly cosineDistance: {
    readonly mean: number;
    readonly max: number;
    readonly p50: number;
    readonly p90: number;
    readonly p99: number;
  };
  /** |‖new‖ − ‖old‖|. */
  readonly normChange: { readonly mean: number; readonly max: number };
}

/** What was measured so far; plain JSON. */
export interface DriftState {
  readonly entities: number;
  readonly distance: { readonly sum: number; readonly max: number };
  readonly change: { readonly sum: number; readonly max: number };
  /** Entities by distance: bucket b ends at 2 · 2^((b − 127) / 4). */
  readonly histogram: readonly number[];
}

const BUCKETS = 128;
const BUCKETS_PER_DOUBLING = 4;
const LARGEST = 2;

export const NO_DRIFT: DriftState = {
  entities: 0,
  distance: { sum: 0, max: 0 },
  change: { sum: 0, max: 0 },
  histogram: Array<number>(BUCKETS).fill(0),
};

/** Measures drift, vector by vector. */
export interface DriftMeter {
  add(before: Float32Array, now: Float32Array): void;
  state(): DriftState;
}

/** @param start what an interrupted generation had measured */
export function createDriftMeter(start: DriftState): DriftMeter {
  const histogram = [...start.histogram];
  const [distance, change] = [{ ...start.distance }, { ...start.change }];
  let { entities } = start;
  return {
    add(before, now) {
      const apart = cosineDistance(before, now);
      entities++;
      grow(distance, apart);
      grow(change, Math.abs(normOf(now) - normOf(before)));
      histogram[bucketOf(apart)]!++;
    },
    state: () => ({ entities, distance, change, histogram }),
  };
}

/** The figures of a report. */
export function summariseDrift(
  { entities, distance, change, histogram }: DriftState,
  of: Pick<Drift, 'version' | 'comparable'>,
): Drift {
  const mean = (sum: number): number => (entities === 0 ? 0 : sum / entities);
  const quantile = (share: number): number =>
    Math.min(distance.max, quantileOf(histogram, share * entities));
  return {
    ...of,
    entities,
    cosineDistance: {
      ...{ mean: mean(distance.sum), max: distance.max },
      ...{ p50: quantile(0.5), p90: quantile(0.9), p99: quantile(0.99) },
    },
    normChange: { mean: mean(change.sum), max: change.max },
  };
}

function grow(total: { sum: number; max: number }, value: number): void {
  total.sum += value;
  total.max = Math.max(total.max, value);
}

/** Two zero vectors are no distance apart; a zero vector and another one are as far as a right angle. */
function cosineDistance(before: Float32Array, now: Float32Array): number {
  const norms = normOf(before) * normOf(now);
  if (norms === 0) return normOf(before) === normOf(now) ? 0 : 1;
  let product = 0;
  before.forEach((value, at) => (product += value * now[at]!));
  return Math.min(LARGEST, Math.max(0, 1 - product / norms));
}

function bucketOf(distance: number): number {
  const bucket = BUCKETS - 1 + Math.ceil(BUCKETS_PER_DOUBLING * Math.log2(distance / LARGEST));
  return Math.max(0, bucket);
}

function quantileOf(histogram: readonly number[], rank: number): number {
  let below = 0;
  const bucket = histogram.findIndex((count) => (below += count) >= rank);
  return LARGEST * 2 ** ((bucket - BUCKETS + 1) / BUCKETS_PER_DOUBLING);
}
