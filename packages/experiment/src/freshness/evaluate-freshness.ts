import type { Episode } from '@limaml/data';
import type { MetricPlugin, Predictions } from '@limaml/plugin';
import { evaluateAll } from '../evaluation/score-card.js';
import type { FreshnessSpec } from '../spec/schema.js';
import type { TestSet } from '../split/seed-data.js';
import type { FreshnessCard, FreshnessPart, PolicyCard } from './freshness-record.js';
import type { ReplayPlan } from './plan-replay.js';
import { policyName } from './policy.js';
import { hasSupport, refreshEpisodes } from './refresh-episodes.js';
import type { ReplayedRows } from './replayed-rows.js';

/** What one policy predicted, by row of the replay. */
export interface PolicyPredictions {
  readonly policy: string;
  readonly score: Float32Array;
  /** Support rows of the embedding that scored the row. */
  readonly support: Int32Array;
  /** 1 where an embedding was made for the row; 0 where one that was there already scored it, or the prior. */
  readonly adapted: Uint8Array;
}

/** A replay: the same rows scored under every policy. */
export interface Replay {
  readonly rows: ReplayedRows;
  readonly label: Float32Array;
  readonly policies: readonly PolicyPredictions[];
  /** Seed of the metrics that break ties at random. */
  readonly seed: number;
}

/** How good every policy is, and what it predicted. */
export interface FreshnessEvaluation {
  readonly card: FreshnessCard;
  readonly replay: Replay;
}

/** Scores the planned rows under every policy. */
export async function evaluateFreshness(
  { freshness, main, rows, limits, byDay }: ReplayPlan,
  metrics: readonly MetricPlugin[],
  predict: (set: TestSet) => Promise<Predictions>,
): Promise<FreshnessEvaluation> {
  const policies: PolicyPredictions[] = [];
  let [label, seed] = [new Float32Array(), 0];
  for (const policy of freshness.policies) {
    const episodes = refreshEpisodes(rows, policy, limits);
    const predictions = await predict({ ...main, episodes });
    const { score } = predictions;
    policies.push({ policy: policyName(policy), score, ...supportOfRows(episodes, score.length) });
    [label, seed] = [Float32Array.from(predictions.label), predictions.seed];
  }
  const replay = { rows, label, policies, seed };
  return { card: freshnessCard(replay, freshness, byDay, metrics), replay };
}

function supportOfRows(
  episodes: readonly Episode[],
  length: number,
): Pick<PolicyPredictions, 'support' | 'adapted'> {
  const support = new Int32Array(length);
  const adapted = new Uint8Array(length);
  let row = 0;
  episodes.forEach((episode, e) => {
    const { supportStart: start, supportEnd: end, queryStart, queryEnd } = episode;
    const before = episodes[e - 1];
    const kept = before?.task === episode.task && hasSupport(before, { start, end });
    adapted[row] = Number(end > start && !kept);
    support.fill(end - start, row, (row += queryEnd - queryStart));
  });
  return { support, adapted };
}

function freshnessCard(
  replay: Replay,
  { unit, distances }: FreshnessSpec,
  byDay: boolean,
  metrics: readonly MetricPlugin[],
): FreshnessCard {
  const { distance, day } = replay.rows;
  const days = byDay ? [...new Set(day)].sort((a, b) => a - b) : [];
  const policies = replay.policies.map((policy): PolicyCard => {
    const part = (has: (row: number) => boolean): FreshnessPart =>
      scorePart(replay, policy, has, metrics);
    const points = [0, ...distances].map((from, at) => {
      const below = distances[at] ?? null;
      const has = (row: number): boolean =>
        distance[row]! >= from && distance[row]! < (below ?? Infinity);
      return { distance: from, below, ...part(has) };
    });
    return {
      ...{ policy: policy.policy, overall: part(() => true) },
      points: points.filter(({ rows }) => rows > 0),
      days: days.map((each) => ({ day: each, ...part((row) => day[row] === each) })),
    };
  });
  return { unit, policies };
}

/** Metrics and costs of some of the rows under one policy. */
function scorePart(
  replay: Replay,
  { score, support, adapted }: PolicyPredictions,
  has: (row: number) => boolean,
  metrics: readonly MetricPlugin[],
): FreshnessPart {
  const chosen = Array.from(score.keys()).filter(has);
  const predictions = selectRows(replay, score, chosen);
  const count = (holds: (row: number) => boolean): number => chosen.filter(holds).length;
  return {
    tasks: countTasks(replay.rows, chosen),
    rows: chosen.length,
    adaptations: count((row) => adapted[row] === 1),
    coverage: chosen.length === 0 ? 0 : count((row) => support[row]! > 0) / chosen.length,
    metrics: chosen.length === 0 ? {} : evaluateAll(metrics, predictions),
  };
}

/**
 * Predictions of some of the rows, in groups that were shown together. Metrics within a group (GAUC, nDCG) compare rows
 * that one embedding has scored: over all rows of an entity, a refreshed one would look worse than it is, as it has
 * risen after every positive, of which there are then fewer to come.
 */
function selectRows(
  { rows: { slate }, label, seed }: Replay,
  score: Float32Array,
  chosen: readonly number[],
): Predictions {
  const starts = chosen.flatMap((row, at) =>
    at > 0 && slate[row] === slate[chosen[at - 1]!] ? [] : [at],
  );
  return {
    tasks: starts.length,
    offsets: Int32Array.from([...starts, chosen.length]),
    score: Float32Array.from(chosen, (row) => score[row]!),
    label: Float32Array.from(chosen, (row) => label[row]!),
    seed,
  };
}

/** Number of tasks that have one of the rows. */
function countTasks({ spans, offsets }: ReplayedRows, chosen: readonly number[]): number {
  let [tasks, next] = [0, 0];
  spans.forEach((_, s) => {
    if (next < chosen.length && chosen[next]! < offsets[s + 1]!) tasks++;
    while (next < chosen.length && chosen[next]! < offsets[s + 1]!) next++;
  });
  return tasks;
}
