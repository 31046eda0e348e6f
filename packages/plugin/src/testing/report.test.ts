import { describe, expect, it } from 'vitest';
import { defineReportSection } from '../index.js';
import type { ReportBlock, ReportPlugin } from '../index.js';
import { SAMPLE_RESULTS, testReportSection } from './index.js';

const text = (words: string): readonly ReportBlock[] => [{ kind: 'text', text: words }];
const table = (change: object): readonly ReportBlock[] => [
  { kind: 'table', title: 'Wins', columns: [{ name: 'model' }], rows: [['a']], ...change },
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
