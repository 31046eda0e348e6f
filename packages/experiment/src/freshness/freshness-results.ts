import { groupBy } from '../group-by.js';
import {
  subtractMetrics,
  summariseMetrics,
  type MetricIntervals,
} from '../evaluation/metric-intervals.js';
import type { FreshnessCard, FreshnessPart, PolicyCard } from './freshness-record.js';

/** Some of the rows of a replay under one policy, over seeds. Numbers of things are means over seeds, rounded. */
export interface FreshnessPartResults {
  /** Entities that have rows in it. */
  readonly tasks: number;
  readonly rows: number;
  /** Embeddings made to score its rows: what the policy costs. */
  readonly adaptations: number;
  /** Share of the rows whose embedding is not the prior. */
  readonly coverage: number;
  readonly metrics: MetricIntervals;
}

/** Rows whose distance from the cut is at least `distance` and below `below`; null for no bound. */
export interface FreshnessPoint extends FreshnessPartResults {
  readonly distance: number;
  readonly below: number | null;
}

/** Rows of one day after the cut, from 0. */
export interface ReplayDay extends FreshnessPartResults {
  readonly day: number;
}

/** What one policy came to. */
export interface FreshnessCurve {
  readonly policy: string;
  /** All rows of the replay. */
  readonly overall: FreshnessPartResults;
  readonly points: readonly FreshnessPoint[];
  /** Day by day, where all tasks are cut at one moment; [] elsewhere. */
  readonly days: readonly ReplayDay[];
}

/** `policy − against` on the same rows, paired by seed; what is counted is that of `policy`. */
export interface FreshnessDifference extends FreshnessCurve {
  readonly against: string;
}

/** What a replay says about a model or baseline. */
export interface FreshnessResults {
  /** What distances are counted in. */
  readonly unit: FreshnessCard['unit'];
  readonly curves: readonly FreshnessCurve[];
  /** Of every other policy to `'never'`, or to the first one where `'never'` is not among them. */
  readonly differences: readonly FreshnessDifference[];
}

/** Puts the replays of all seeds together. */
export function summariseFreshness(cards: readonly FreshnessCard[]): FreshnessResults | undefined {
  const [first] = cards;
  if (first === undefined) return undefined;
  const ofPolicy = (policy: string): PolicyCard[] =>
    cards.flatMap(({ policies }) => policies.filter((each) => each.policy === policy));
  const names = first.policies.map(({ policy }) => policy);
  const against = names.includes('never') ? 'never' : names[0]!;
  const stale = ofPolicy(against);
  return {
    unit: first.unit,
    curves: names.map((policy) => summarisePolicy(ofPolicy(policy))),
    differences: names
      .filter((policy) => policy !== against)
      .map((policy) => ({
        against,
        ...summarisePolicy(ofPolicy(policy).map((card, seed) => subtractCard(card, stale[seed]!))),
      })),
  };
}

function summarisePolicy(cards: readonly PolicyCard[]): FreshnessCurve {
  const points = inOrder(
    cards.flatMap((card) => card.points),
    ({ distance }) => distance,
  );
  const days = inOrder(
    cards.flatMap((card) => card.days),
    ({ day }) => day,
  );
  return {
    policy: cards[0]!.policy,
    overall: summarisePart(cards.map(({ overall }) => overall)),
    points: points.map((parts) => {
      const { distance, below } = parts[0]!;
      return { distance, below, ...summarisePart(parts) };
    }),
    days: days.map((parts) => ({ day: parts[0]!.day, ...summarisePart(parts) })),
  };
}

function summarisePart(parts: readonly FreshnessPart[]): FreshnessPartResults {
  const mean = (pick: (part: FreshnessPart) => number): number =>
    parts.reduce((sum, part) => sum + pick(part), 0) / parts.length;
  return {
    tasks: Math.round(mean(({ tasks }) => tasks)),
    rows: Math.round(mean(({ rows }) => rows)),
    adaptations: Math.round(mean(({ adaptations }) => adaptations)),
    coverage: mean(({ coverage }) => coverage),
    metrics: summariseMetrics(parts.map(({ metrics }) => metrics)),
  };
}

/** Both cards are of the same rows, so that their points and days are the same. */
function subtractCard(card: PolicyCard, stale: PolicyCard): PolicyCard {
  const subtract = <Part extends FreshnessPart>(part: Part, other: FreshnessPart): Part => ({
    ...part,
    metrics: subtractMetrics(part.metrics, other.metrics),
  });
  return {
    ...card,
    overall: subtract(card.overall, stale.overall),
    points: card.points.map((point, at) => subtract(point, stale.points[at]!)),
    days: card.days.map((day, at) => subtract(day, stale.days[at]!)),
  };
}

/** Groups in the order of their keys. */
function inOrder<Item>(items: readonly Item[], keyOf: (item: Item) => number): Item[][] {
  return [...groupBy(items, keyOf)].sort(([a], [b]) => a - b).map(([, group]) => group);
}
