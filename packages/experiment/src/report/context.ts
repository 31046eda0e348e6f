import type { MetricPlugin, ReportContext } from '@limaml/plugin';
import { metricPlugins } from '../metrics/index.js';

/** A context for results without their folder: nothing was kept beside them. */
export function resultsAlone(
  metrics: readonly Pick<MetricPlugin, 'name' | 'better' | 'description'>[] = metricPlugins(),
): ReportContext {
  return {
    metrics,
    predictions: () => Promise.resolve(undefined),
    embeddings: () => Promise.resolve(undefined),
  };
}
