import type { MetricPlugin } from '@limaml/plugin';
import { auc, gauc } from './auc.js';
import { ndcg } from './ndcg.js';
import { ece, logLoss } from './probability.js';
import { mae, rmse } from './rating-error.js';

export { auc, gauc } from './auc.js';
export { ndcg, type NdcgOptions } from './ndcg.js';
export { ece, logLoss, type CalibrationOptions } from './probability.js';
export { mae, rmse } from './rating-error.js';

/** Every metric of this package with its default options, ready for a registry. */
export function metricPlugins(): readonly MetricPlugin[] {
  return [auc(), gauc(), logLoss(), ece(), ndcg(), mae(), rmse()];
}
