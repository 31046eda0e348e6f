import { defineReportSection } from '@limaml/plugin';
import type { ReportBlock, ReportCell, ReportPlugin, ReportResults } from '@limaml/plugin';
import type { MeanInterval } from '../evaluation/interval.js';
import type { OnlineResults } from './ranking-results.js';

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
  const rows = rankings.map(({ name, policy, ctr, regret, lift }): ReportCell[] => {
    return [name, policy ?? '–', ctr, regret, lift === undefined ? null : percent(lift)];
  });
  const columns = [
    ...[{ name: 'ranking' }, { name: 'refresh', align: 'left' as const }],
    ...[{ name: 'CTR@1' }, { name: 'regret' }],
    { name: `lift of ${lead.name}, ${lead.policy}`, digits: 1, signed: true, unit: ' %' },
  ];
  const title = `Simulated online test: ${slates} slates of ${members} members, intervals over members`;
  return [{ kind: 'table', title, columns, rows }];
}

function percent({ mean, low, high }: MeanInterval): MeanInterval {
  const times = (value: number | null): number | null => (value === null ? null : 100 * value);
  return { mean: 100 * mean, low: times(low), high: times(high) };
}
