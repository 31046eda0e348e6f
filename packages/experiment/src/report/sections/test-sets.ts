import { defineReportSection } from '@limaml/plugin';
import type { ReportBlock, ReportPlugin, ReportResults, ReportTest } from '@limaml/plugin';
import { columnsOf, metricsOf } from './results-view.js';

const TRAINED = {
  entities: 'training saw its entities, with other rows',
  rows: 'training saw its very rows',
} as const;

/** All metrics of every model and baseline on further test sets: new candidates, warm entities. */
export function testSetSection(): ReportPlugin {
  return defineReportSection({
    name: 'test-sets',
    title: 'Further test sets',
    render: (results) => {
      const tests = results.models[0]?.tests ?? [];
      return tests.length === 0 ? undefined : tests.map((test) => testTable(results, test));
    },
  });
}

function testTable(results: ReportResults, { name, tasks, trained }: ReportTest): ReportBlock {
  const metrics = metricsOf(results);
  const seen = trained === undefined ? '' : `; ${TRAINED[trained]}`;
  const rows = results.models.flatMap((model) => {
    const test = model.tests.find((one) => one.name === name);
    const cells = metrics.map((metric) => test?.metrics[metric] ?? null);
    return test === undefined ? [] : [[model.name, ...cells]];
  });
  const title = `${name} (${tasks} tasks per seed${seen})`;
  return { kind: 'table', title, columns: columnsOf('model', metrics), rows };
}
