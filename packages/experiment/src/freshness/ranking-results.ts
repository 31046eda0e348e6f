import type { MeanInterval } from '../evaluation/interval.js';
import { meanOfSlates, relativeLift } from './lift.js';
import type { RankedSlates } from './replay-files.js';
import { addSlates, NO_SLATES, type SlateSums } from './slates.js';

/** Name of a ranking: a model or baseline under a policy, or one that needs no model. */
export interface RankingName {
  readonly name: string;
  /** Absent for the rankings that need no model: `random`, `logged order`, `oracle`. */
  readonly policy?: string;
}

/** What a ranking of the simulated slates comes to; intervals are 95 % t-intervals over members. */
export interface RankingResults extends RankingName {
  /** Simulated CTR@1: mean true probability of the row that is ranked first. */
  readonly ctr: MeanInterval;
  /** Mean true probability of the best row less that of the one that is ranked first. */
  readonly regret: MeanInterval;
  /** Of the lead, paired by member: its CTR above this one's, as a share of this one's. Absent for the lead. */
  readonly lift?: MeanInterval;
}

/** An offline stand-in for an online test, on simulated data. */
export interface OnlineResults {
  /** What the others are compared to: the first model under the last policy of the spec. */
  readonly lead: RankingName;
  readonly members: number;
  /** Slates of two rows or more, over all seeds. */
  readonly slates: number;
  readonly rankings: readonly RankingResults[];
}

/** Sums of one ranking by member; all rankings of the same members. */
interface Ranking extends RankingName {
  readonly sums: readonly number[];
}

/**
 * Compares the rankings of all models and policies. The seeds of a member are added up: intervals are over members,
 * and say nothing of other seeds.
 *
 * @param slates of all runs; the first are of the first model
 */
export function onlineResults(slates: readonly RankedSlates[]): OnlineResults | undefined {
  const ranked = [...groupBy(slates, ({ record, policy }) => JSON.stringify([record, policy]))];
  const members = [...byMember(ranked[0]?.[1] ?? [])].filter(([, sums]) => sums.slates > 0);
  if (members.length === 0) return undefined;
  const ids = members.map(([id]) => id);
  const counts = members.map(([, sums]) => sums.slates);
  const best = members.map(([, sums]) => sums.best);
  const rankings = ranked.map(([, group]): Ranking => {
    const { record: name, policy } = group[0]!;
    const sums = byMember(group);
    return { name, policy, sums: ids.map((id) => sums.get(id)!.ranked) };
  });
  const references = (['random', 'logged', 'best'] as const).map((key) => ({
    name: { random: 'random', logged: 'logged order', best: 'oracle' }[key],
    sums: members.map(([, sums]) => sums[key]),
  }));
  const lead = leadOf(rankings);
  return {
    lead: { name: lead.name, ...(lead.policy !== undefined && { policy: lead.policy }) },
    ...{ members: ids.length, slates: counts.reduce((sum, count) => sum + count, 0) },
    rankings: [...rankings, ...references].map(({ sums, ...name }) => ({
      ...name,
      ctr: meanOfSlates({ slates: counts, sums }),
      regret: meanOfSlates({ slates: counts, sums: best.map((most, m) => most - sums[m]!) }),
      ...(sums !== lead.sums && { lift: relativeLift(lead.sums, sums) }),
    })),
  };
}

/** The first model under its last policy. */
function leadOf(rankings: readonly Ranking[]): Ranking {
  return rankings.findLast(({ name }) => name === rankings[0]!.name)!;
}

/** Adds up the seeds of each member. */
function byMember(rows: readonly RankedSlates[]): Map<string, SlateSums> {
  const members = new Map<string, SlateSums>();
  for (const row of rows) {
    members.set(row.task, addSlates(members.get(row.task) ?? NO_SLATES, row));
  }
  return members;
}

function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
