import type { MetricPlugin } from '@limaml/plugin';
import { auc, gauc } from './auc.js';
import { ndcg } from './ndcg.js';
import { ece, logLoss, normalisedEntropy } from './probability.js';
import { mae, rmse } from './rating-error.js';

export { hitRate, mrr, precision, recall, type AtKOptions } from './at-k.js';
export { auc, gauc } from './auc.js';
export { metricNamed } from './named-metrics.js';
export { ndcg, type NdcgOptions } from './ndcg.js';
export { ece, logLoss, normalisedEntropy } from './probability.js';
export { mae, rmse } from './rating-error.js';
export { reliabilityCurve, type CalibrationOptions, type ReliabilityBin } from './reliability.js';

/**
 * The metrics of this package with their default options, ready for a registry. Metrics with a number of ranks in
 * their name (`recall@5`, see {@link metricNamed}) need no registration: an experiment registers those that it names.
 */
export function metricPlugins(): readonly MetricPlugin[] {
  return [auc(), gauc(), logLoss(), normalisedEntropy(), ece(), ndcg(), mae(), rmse()];
}
