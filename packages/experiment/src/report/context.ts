import type { MetricPlugin, ReportContext } from '@limaml/plugin';
import { metricPlugins } from '../metrics/index.js';
import { openKeptRuns } from './kept-runs.js';

/** What a report needs to know of a metric. */
export type KnownMetric = Pick<MetricPlugin, 'name' | 'better' | 'description'>;

/** A context for results without their folder: nothing was kept beside them. */
export function resultsAlone(metrics: readonly KnownMetric[] = metricPlugins()): ReportContext {
  return {
    metrics,
    predictions: () => Promise.resolve(undefined),
    embeddings: () => Promise.resolve(undefined),
  };
}

/**
 * What sections may ask for beside the results of an experiment: the predictions and meta embeddings in its output
 * folder. Nothing is read before it is asked for.
 *
 * @param out output folder of the experiment
 * @param metrics e.g. `registry.list('metric')`. Default: those of this package
 *
 * @example
 * ```ts
 * const report = await createReport(await readResults(out), reportSections(), openReportContext(out));
 * ```
 */
export function openReportContext(
  out: string,
  metrics: readonly KnownMetric[] = metricPlugins(),
): ReportContext {
  return { metrics, ...openKeptRuns(out) };
}
