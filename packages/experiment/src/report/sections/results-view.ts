import type {
  ChartAxis,
  IntervalBar,
  ReportColumn,
  ReportContext,
  ReportDifference,
  ReportInterval,
  ReportModel,
  ReportResults,
} from '@limaml/plugin';
import { metricNamed } from '../../metrics/named-metrics.js';

/** Names of metrics, in the order of the spec. */
export function metricsOf({ models }: ReportResults): readonly string[] {
  return Object.keys(models[0]?.metrics ?? {});
}

/** A first column, and one for each name. */
export function columnsOf(
  first: string,
  names: readonly string[],
  format: Omit<ReportColumn, 'name'> = {},
): readonly ReportColumn[] {
  return [{ name: first }, ...names.map((name) => ({ name, ...format }))];
}

/** `3 seeds`, `1 seed`. */
export function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** How many seeds there are. */
export function seedsOf({ models }: ReportResults): number {
  return models[0]?.runs.length ?? 0;
}

/** What is known of a metric of the results. */
export function knownMetric(
  name: string,
  { metrics }: ReportContext,
): ReportContext['metrics'][number] | undefined {
  return metrics.find((metric) => metric.name === name) ?? metricNamed(name);
}

/** A metric, and which way is better. */
export interface MainMetric {
  readonly name: string;
  readonly better: 'higher' | 'lower';
}

/** The first metric of the spec of which it is known which way is better. */
export function mainMetric(results: ReportResults, context: ReportContext): MainMetric | undefined {
  for (const name of metricsOf(results)) {
    const known = knownMetric(name, context);
    if (known !== undefined) return known;
  }
  return undefined;
}

/** What the first model is to be better than: not its own prior, and not the truth of a simulation. */
export function isRival({ kind, name }: ReportModel): boolean {
  return kind !== 'prior' && name !== 'truth';
}

/** The best of the others on the main metric, and what is known about the difference. */
export interface StrongestOther {
  readonly model: ReportModel;
  readonly mean: number;
  readonly difference: ReportDifference;
}

/** Undefined where there is no other, or none that has the metric. */
export function strongestOther(
  { models, differences }: ReportResults,
  metric: MainMetric,
): StrongestOther | undefined {
  const rivals = models.slice(1).filter(isRival);
  const [model] = bestFirst(rivals, metric).filter(({ metrics }) => metrics[metric.name]);
  const difference = differences.find(({ against }) => against === model?.name);
  if (model === undefined || difference === undefined) return undefined;
  return { model, mean: model.metrics[metric.name]!.mean, difference };
}

/** The best on a metric first, those without it last; where no metric is known, as they are. */
export function bestFirst(
  models: readonly ReportModel[],
  metric: MainMetric | undefined,
): readonly ReportModel[] {
  if (metric === undefined) return models;
  const sign = metric.better === 'higher' ? -1 : 1;
  const rank = ({ metrics }: ReportModel): number => {
    const interval = metrics[metric.name];
    return interval ? sign * interval.mean : Infinity;
  };
  return models.toSorted((a, b) => {
    const [left, right] = [rank(a), rank(b)];
    return left === right ? 0 : left - right;
  });
}

/** The axis of a metric: its name, and which way is better where that is known. */
export function metricAxis(name: string, context: ReportContext): ChartAxis {
  const known = knownMetric(name, context);
  return { title: known === undefined ? name : `${name} (${known.better} is better)` };
}

/** The axis of differences in a metric. */
export function differenceAxis(name: string, context: ReportContext): ChartAxis {
  const known = knownMetric(name, context);
  const side = known?.better === 'higher' ? 'right' : 'left';
  return {
    title: `difference in ${name}${known === undefined ? '' : ` (${side} of zero is better)`}`,
  };
}

/** A bar of an interval chart; nothing where there is no number. */
export function barOf(
  label: string,
  interval: ReportInterval | null | undefined,
  series?: string,
): readonly IntervalBar[] {
  if (!interval) return [];
  const { mean, low, high } = interval;
  return [{ label, mean, low, high, ...(series !== undefined && { series }) }];
}
