import { describe, expect, it } from 'vitest';
import { defineReportSection } from '../index.js';
import type { ReportBlock, ReportPlugin } from '../index.js';
import { SAMPLE_RESULTS, testReportSection } from './index.js';

const text = (words: string): readonly ReportBlock[] => [{ kind: 'text', text: words }];
const table = (change: object): readonly ReportBlock[] => [
  { kind: 'table', title: 'Wins', columns: [{ name: 'model' }], rows: [['a']], ...change },
];

const line = (change: object): readonly ReportBlock[] => [
  {
    ...{ kind: 'chart', form: 'line', title: 'Curve', description: 'A curve' },
    ...{ x: { title: 'epoch' }, y: { title: 'loss' } },
    series: [{ name: 'seed 1', points: [{ x: 1, y: 0.5, low: 0.4, high: 0.6 }] }],
    ...change,
  },
];
const bars = (bar: object): readonly ReportBlock[] => [
  {
    ...{ kind: 'chart', form: 'interval', title: 'Gains', description: 'Gains by model' },
    ...{ value: { title: 'auc' }, bars: [{ label: 'a', mean: 1, low: null, high: null, ...bar }] },
  },
];

/** The first model and how far ahead it is. */
const winner = defineReportSection({
  name: 'winner',
  title: 'Winner',
  render: ({ models: [first] }) => first && text(`${first.name} comes first.`),
});

const rendering = (render: ReportPlugin['render']): ReportPlugin =>
  defineReportSection({ name: 'winner', title: 'Winner', render });

describe('testReportSection', () => {
  it('passes a good section, asynchronous or not', async () => {
    const report = await testReportSection(winner);
    expect(report.checks.length).toBeGreaterThanOrEqual(9);
    const later = rendering(async (results) => winner.render(results));
    expect((await testReportSection(later)).checks.every(({ passed }) => passed)).toBe(true);
  });

  let calls = 0;
  it.each<[string, ReportPlugin['render'], RegExp]>([
    ['no blocks at all', () => undefined, /it has none: give the suite results/],
    ['text instead of blocks', () => 'LiMAML wins' as never, /returned the string "LiMAML wins"/],
    ['a block without a kind', () => [{ text: 'a' }] as never, /block 0 is .*has no kind/],
    ['text that is no string', () => text(7 as never), /the text of block 0 is the number 7/],
    [
      'a table without rows',
      () => table({ rows: undefined }),
      /table "Wins" lacks columns or rows/,
    ],
    ['a column without a name', () => table({ columns: ['model'] }), /a column without a name/],
    ['a row of another length', () => table({ rows: [['a', 'b']] }), /row 0 .* has 2 cells for 1/],
    ['a cell that is not finite', () => table({ rows: [[NaN]] }), /cell 0 of row 0 .* number NaN/],
    [
      'a chart without a description',
      () => line({ description: '' }),
      /"Curve" has no description/,
    ],
    ['a chart without an axis', () => line({ y: undefined }), /the axis "y" of the chart "Curve"/],
    ['a chart without series', () => line({ series: [] }), /"Curve" has no series/],
    [
      'a point that is not finite',
      () => line({ series: [{ name: 's', points: [{ x: 1, y: Infinity }] }] }),
      /point 0 of series 0 of the chart "Curve" is \(1, Infinity\)/,
    ],
    [
      'an interval that is not finite',
      () => bars({ high: NaN }),
      /bar 0 of .*"Gains" .*not finite/,
    ],
    ['a bar without a label', () => bars({ label: 7 }), /bar 0 of .*"Gains" has no label/],
    ['blocks that change', () => text(`call ${++calls}`), /two calls differ/],
    ['results that change', sortModels, /the results changed/],
    [
      'no thought of a missing model',
      ({ models }) => text(models[0]!.name),
      /results with no models/,
    ],
    [
      'no thought of a missing interval',
      ({ models }) => text(models.map(({ metrics }) => metrics.auc!.high!.toFixed(2)).join()),
      /results with one seed/,
    ],
  ])('finds %s', async (_, render, message) => {
    await expect(testReportSection(rendering(render))).rejects.toThrow(message);
  });

  it('takes charts, and forms that come later', async () => {
    await testReportSection(rendering(() => [...line({}), ...bars({})]));
    await testReportSection(rendering(() => line({ form: 'pie', series: undefined })));
  });

  it('gives sections predictions and meta embeddings, or none', async () => {
    const asking = rendering(async ({ models: [first] }, context) => {
      const kept = first && (await context.predictions(first.name, 1));
      const map = first && (await context.embeddings(first.name, 1));
      return text(`${kept?.length ?? 'no'} rows, ${map?.vectors.length ?? 'no'} embeddings`);
    });
    await testReportSection(asking);
    const careless = rendering(async ({ models: [first] }, context) =>
      text(`${(await context.predictions(first?.name ?? '', 1))!.length} rows`),
    );
    await expect(testReportSection(careless)).rejects.toThrow(/stands results with/);
  });

  it('takes results that the section is about', async () => {
    const results = { ...SAMPLE_RESULTS, experiment: 'mine' };
    const picky = rendering(({ experiment }) =>
      experiment === 'mine' ? text('Mine.') : undefined,
    );
    await testReportSection(picky, { results });
  });
});

function sortModels({ models }: Parameters<ReportPlugin['render']>[0]): readonly ReportBlock[] {
  (models as unknown[]).reverse();
  return text('sorted');
}
