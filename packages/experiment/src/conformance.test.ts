import { testMetricPlugin } from '@limaml/plugin/testing';
import { it } from 'vitest';
import { metricNamed, metricPlugins } from './metrics/index.js';

// The tasks of the suite are short: with more ranks than rows nothing depends on the order.
const NAMED = ['ndcg-linear@3', 'recall@2', 'precision@2', 'hit-rate@1', 'mrr@5'];
const metrics = [...metricPlugins(), ...NAMED.map((name) => metricNamed(name)!)];

it.each(metrics.map((metric) => [metric.name, metric] as const))(
  'the metric %j conforms',
  async (_, metric) => {
    await testMetricPlugin(metric);
  },
);
