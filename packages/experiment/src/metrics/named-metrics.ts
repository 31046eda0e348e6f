import type { MetricPlugin, Registry } from '@limaml/plugin';
import { metricUnknown } from '../errors.js';
import { hitRate, mrr, precision, recall } from './at-k.js';
import { ndcg } from './ndcg.js';

/** Metrics with a number of ranks in their name: `name@k`. */
const AT_K: Readonly<Record<string, (k: number) => MetricPlugin>> = {
  ndcg: (k) => ndcg({ k }),
  'ndcg-linear': (k) => ndcg({ k, gain: 'linear' }),
  recall: (k) => recall({ k }),
  precision: (k) => precision({ k }),
  'hit-rate': (k) => hitRate({ k }),
  mrr: (k) => mrr({ k }),
};

/**
 * The metric of a name such as `ndcg@3`, `ndcg-linear@1`, `recall@5`, `precision@5`, `hit-rate@5` or `mrr@5`.
 *
 * @returns undefined for any other name
 *
 * @example
 * ```ts
 * metricNamed('recall@5')?.description; // 'share of the relevant rows in the first 5 ranks, …'
 * ```
 */
export function metricNamed(name: string): MetricPlugin | undefined {
  const [, family, ranks] = /^([a-z-]+)@([1-9]\d{0,5})$/.exec(name) ?? [];
  if (family === undefined || !Object.hasOwn(AT_K, family)) return undefined;
  return AT_K[family]!(Number(ranks));
}

/**
 * Registers those of the metrics that are not registered and whose name says what they are; see
 * {@link metricNamed}. A registered one of the same name stays.
 *
 * @throws LIMAML_ERR_EXPERIMENT_METRIC_UNKNOWN with the near names
 */
export function registerNamedMetrics(names: Iterable<string>, registry: Registry): void {
  for (const name of names) {
    if (registry.has('metric', name)) continue;
    const metric = metricNamed(name);
    if (metric === undefined) throw metricUnknown(name, knownNames(name, registry));
    registry.use(metric, { from: 'spec' });
  }
}

/** Registered metrics, and the others with the number of ranks that was asked for. */
function knownNames(name: string, registry: Registry): string[] {
  const ranks = /@([1-9]\d*)$/.exec(name)?.[1] ?? '10';
  const registered = registry.list('metric').map((metric) => metric.name);
  const families = Object.keys(AT_K).map((family) => `${family}@${ranks}`);
  return [...new Set([...registered, ...families])];
}
