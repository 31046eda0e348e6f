import { groupBy } from '../group-by.js';
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

/** Sums of the true probability of what one ranking puts first, by member. */
interface Ranking {
  readonly name: RankingName;
  readonly sums: readonly number[];
}

/**
 * Compares the rankings of all models and policies. The seeds of a member are added up: intervals are over members,
 * and say nothing of other seeds.
 *
 * @param slates of all runs; the first are of the first model
 * @returns undefined where there are no slates
 */
export function onlineResults(slates: readonly RankedSlates[]): OnlineResults | undefined {
  const groups = [
    ...groupBy(slates, ({ record, policy }) => JSON.stringify([record, policy])).values(),
  ];
  const sums = groups.map(byMember);
  const members = [...(sums[0] ?? [])].filter(([, member]) => member.slates > 0);
  if (members.length === 0) return undefined;
  const ranked = groups.map(([first], at): Ranking => {
    const { record: name, policy } = first!;
    return { name: { name, policy }, sums: members.map(([id]) => sums[at]!.get(id)!.ranked) };
  });
  const shown = members.map(([, member]) => member);
  const lead = ranked.findLast(({ name }) => name.name === ranked[0]!.name.name)!;
  return {
    ...{ lead: lead.name, members: shown.length, slates: total(shown) },
    rankings: [...ranked, ...references(shown)].map((each) => compareRanking(each, lead, shown)),
  };
}

/** Rankings that need no model. */
function references(shown: readonly SlateSums[]): Ranking[] {
  return [
    { name: { name: 'random' }, sums: shown.map(({ random }) => random) },
    { name: { name: 'logged order' }, sums: shown.map(({ logged }) => logged) },
    { name: { name: 'oracle' }, sums: shown.map(({ best }) => best) },
  ];
}

function compareRanking(
  { name, sums }: Ranking,
  lead: Ranking,
  shown: readonly SlateSums[],
): RankingResults {
  const slates = shown.map((member) => member.slates);
  const regret = shown.map(({ best }, m) => best - sums[m]!);
  return {
    ...name,
    ctr: meanOfSlates({ slates, sums }),
    regret: meanOfSlates({ slates, sums: regret }),
    ...(sums !== lead.sums && { lift: relativeLift(lead.sums, sums) }),
  };
}

function total(shown: readonly SlateSums[]): number {
  return shown.reduce((sum, { slates }) => sum + slates, 0);
}

/** Adds up the seeds of each member. */
function byMember(rows: readonly RankedSlates[]): Map<string, SlateSums> {
  const members = new Map<string, SlateSums>();
  for (const row of rows) {
    members.set(row.task, addSlates(members.get(row.task) ?? NO_SLATES, row));
  }
  return members;
}
