import { meanInterval, type MeanInterval } from './interval.js';
import type { MetricValues } from './score-card.js';

/** Metrics by name, each with mean and 95 % interval over seeds; null where it never existed. */
export type MetricIntervals = Readonly<Record<string, MeanInterval | null>>;

/** Mean and interval of each metric over seeds. */
export function summariseMetrics(values: readonly MetricValues[]): MetricIntervals {
  const names = Object.keys(values[0] ?? {});
  return Object.fromEntries(
    names.map((name) => {
      const known = values.map((value) => value[name] ?? null).filter((value) => value !== null);
      return [name, known.length === 0 ? null : meanInterval(known)];
    }),
  );
}

/** Metric by metric `a − b`; null where one of them does not exist. */
export function subtractMetrics(a: MetricValues, b: MetricValues): MetricValues {
  return Object.fromEntries(
    Object.entries(a).map(([name, value]) => {
      const other = b[name] ?? null;
      return [name, value === null || other === null ? null : value - other];
    }),
  );
}
