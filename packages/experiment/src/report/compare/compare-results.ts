import type { ReportBlock, ReportContext, ReportModel, ReportResults } from '@limaml/plugin';
import { resultsAlone } from '../context.js';
import type { Report, ReportedSection } from '../report.js';
import {
  barOf,
  columnsOf,
  countOf,
  differenceAxis,
  knownMetric,
  metricsOf,
} from '../sections/results-view.js';
import { wordGroups } from '../sections/verdict.js';
import { differenceOf, pairingOf, type Pairing } from './pairing.js';
import { specDifferences } from './spec-difference.js';

/** Results of an experiment, and what to call them. */
export interface NamedResults {
  readonly name: string;
  readonly results: ReportResults;
}

/** A model that both have. */
interface Match {
  readonly before: ReportModel;
  readonly after: ReportModel;
}

/** Everything that the sections say something about. */
interface Comparison {
  readonly before: NamedResults;
  readonly after: NamedResults;
  readonly context: ReportContext;
  readonly pairing: Pairing;
  readonly matches: readonly Match[];
  /** Metrics that both have. */
  readonly metrics: readonly string[];
}

/** Charts are drawn for the first metrics only; the table has all. */
const CHARTS = 2;

/**
 * Compares two experiments: which keys of the specs differ, and what that does to the models and baselines that
 * both have. Differences are `after − before`; they are paired by seed where data, entity and split agree, for
 * then the same seed means the same test tasks.
 *
 * @param context which way metrics are better. Default: the metrics of this package
 *
 * @example
 * ```ts
 * const [before, after] = [await readResults('runs/a'), await readResults('runs/b')];
 * const report = compareResults({ name: 'a', results: before }, { name: 'b', results: after });
 * console.log(reportAsText(report));
 * ```
 */
export function compareResults(
  before: NamedResults,
  after: NamedResults,
  context: ReportContext = resultsAlone(),
): Report {
  const comparison = {
    ...{ before, after, context },
    pairing: pairingOf(before.results, after.results),
    matches: matchesOf(before.results, after.results),
    metrics: metricsOf(before.results).filter((name) => metricsOf(after.results).includes(name)),
  };
  const sections: readonly ReportedSection[] = [
    { name: 'summary', title: 'Summary', blocks: summary(comparison) },
    { name: 'spec', title: 'What differs', blocks: specTable(comparison) },
    { name: 'differences', title: 'Differences', blocks: differences(comparison) },
    { name: 'values', title: 'Side by side', blocks: values(comparison) },
  ];
  return {
    experiment: `${after.name} against ${before.name}`,
    sections: sections.filter(({ blocks }) => blocks.length > 0),
  };
}

function matchesOf(before: ReportResults, after: ReportResults): readonly Match[] {
  return before.models.flatMap((model) => {
    const partner = after.models.find(({ name }) => name === model.name);
    return partner === undefined ? [] : [{ before: model, after: partner }];
  });
}

function summary(comparison: Comparison): readonly ReportBlock[] {
  const texts = [verdicts(comparison), pairingText(comparison), ...lonely(comparison)];
  return texts.map((text) => ({ kind: 'text', text }) as const);
}

/** What the change does to each model, on the first metric of which it is known which way is better. */
function verdicts({ before, after, context, pairing, matches, metrics }: Comparison): string {
  const known = metrics.flatMap((name) => knownMetric(name, context) ?? []);
  const [metric] = known;
  if (matches.length === 0) return 'They have no model or baseline in common.';
  if (metric === undefined) return 'It is not known of any metric which way is better.';
  const items = matches.flatMap((match) => {
    const interval = differenceOf(metric.name, match.before, match.after, pairing);
    return interval === null ? [] : [{ name: match.before.name, interval }];
  });
  if (items.length === 0) return `No model of both has ${metric.name}.`;
  const groups = wordGroups(items, () => metric.better);
  return `${metric.name}, ${metric.better} is better, of ${after.name} against ${before.name}: ${groups}.`;
}

function pairingText({ pairing: { seeds, obstacle } }: Comparison): string {
  return obstacle === undefined
    ? `Differences are paired by seed, over ${countOf(seeds.length, 'seed')}: the same seed means the same test tasks in both. Intervals are 95 % t-intervals.`
    : `Differences are not paired, because ${obstacle}: what they have in common with a seed does not cancel, and intervals are wider. They join the 95 % intervals of both sides.`;
}

/** Models that only one of the two has. */
function lonely({ before, after, matches }: Comparison): readonly string[] {
  const common = matches.map((match) => match.before.name);
  return [before, after].flatMap(({ name, results: { models } }) => {
    const names = models.map((model) => model.name).filter((one) => !common.includes(one));
    return names.length === 0 ? [] : [`Only in ${name}: ${names.join('; ')}.`];
  });
}

function specTable({ before, after }: Comparison): readonly ReportBlock[] {
  const rows = specDifferences(before.results.spec, after.results.spec).map((difference) => [
    difference.key,
    difference.before ?? null,
    difference.after ?? null,
  ]);
  if (rows.length === 0) return [{ kind: 'text', text: 'The specs are the same.' }];
  const columns = ['key', before.name, after.name].map((name) => ({
    name,
    align: 'left' as const,
  }));
  return [{ kind: 'table', title: 'Keys of the specs that differ', columns, rows }];
}

function differences(comparison: Comparison): readonly ReportBlock[] {
  const { before, after, metrics, matches, pairing } = comparison;
  if (matches.length === 0 || metrics.length === 0) return [];
  const rows = matches.map((match) => [
    match.before.name,
    ...metrics.map((metric) => differenceOf(metric, match.before, match.after, pairing)),
  ]);
  const title = `${after.name} minus ${before.name}`;
  const columns = columnsOf('model', metrics, { signed: true });
  const charts = metrics.slice(0, CHARTS).flatMap((metric) => differenceChart(comparison, metric));
  return [{ kind: 'table', title, columns, rows }, ...charts];
}

function differenceChart(
  { before, after, context, matches, pairing }: Comparison,
  metric: string,
): readonly ReportBlock[] {
  const bars = matches.flatMap((match) =>
    barOf(match.before.name, differenceOf(metric, match.before, match.after, pairing)),
  );
  if (bars.length === 0) return [];
  return [
    {
      ...{ kind: 'chart', form: 'interval', bars, zero: true },
      value: differenceAxis(metric, context),
      title: `${metric}: ${after.name} minus ${before.name}`,
      description:
        'Mean difference and its 95 % interval. Where an interval meets the dashed line at zero, the seeds cannot tell the two apart.',
    },
  ];
}

function values({ before, after, metrics, matches }: Comparison): readonly ReportBlock[] {
  if (matches.length === 0) return [];
  return metrics.map((metric) => ({
    kind: 'table',
    title: metric,
    columns: columnsOf('model', [before.name, after.name]),
    rows: matches.map((match) => [
      match.before.name,
      match.before.metrics[metric] ?? null,
      match.after.metrics[metric] ?? null,
    ]),
  }));
}
