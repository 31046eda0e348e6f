import { defineReportSection } from '@limaml/plugin';
import type { ReportBlock, ReportCell, ReportPlugin, ReportResults } from '@limaml/plugin';
import type { MeanInterval } from '../evaluation/interval.js';
import { FLAT } from './freshness-section.js';
import type { OnlineResults, RankingResults } from './ranking-results.js';

/** What the rankings of all models and policies would have come to online, on simulated data. */
export function onlineSection(): ReportPlugin {
  return defineReportSection({
    name: 'online',
    title: 'Simulated online test',
    render: onlineTable,
  });
}

function onlineTable(
  results: ReportResults & { readonly online?: OnlineResults },
): readonly ReportBlock[] | undefined {
  const { online } = results;
  if (online === undefined) return undefined;
  const { lead, members, slates, rankings } = online;
  const columns = [
    ...[{ name: 'ranking' }, { name: 'refresh', align: 'left' as const }],
    ...[{ name: 'CTR@1' }, { name: 'regret' }],
    { name: `lift of ${lead.name}, ${lead.policy}`, digits: 1, signed: true, unit: ' %' },
  ];
  const title = `Simulated online test: ${slates} slates of ${members} members, intervals over members`;
  return [{ kind: 'table', title, columns, rows: rankings.flatMap(rankingRow) }];
}

/** One row for each policy, or one for all where refreshing does not change what is ranked first. */
function rankingRow(
  ranking: RankingResults,
  _: number,
  all: readonly RankingResults[],
): ReportCell[][] {
  const { name, policy, ctr, regret, lift } = ranking;
  const same = all.filter((each) => each.name === name);
  const flat = same.length > 1 && same.every((each) => Math.abs(each.ctr.mean - ctr.mean) < FLAT);
  if (flat && ranking !== same[0]) return [];
  const refresh = flat ? 'any' : (policy ?? '–');
  return [[name, refresh, ctr, regret, lift === undefined ? null : percent(lift)]];
}

function percent({ mean, low, high }: MeanInterval): MeanInterval {
  const times = (value: number | null): number | null => (value === null ? null : 100 * value);
  return { mean: 100 * mean, low: times(low), high: times(high) };
}
