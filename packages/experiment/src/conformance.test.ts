import { testMetricPlugin } from '@limaml/plugin/testing';
import { expect, it } from 'vitest';
import { metricPlugins } from './index.js';

it.each(metricPlugins())('the metric $name conforms', async (metric) => {
  const report = await testMetricPlugin(metric);
  expect(report.checks.length).toBeGreaterThanOrEqual(11);
});
