import { defineReportSection } from '@limaml/plugin';
import type { ReportBlock } from '@limaml/plugin';
import { SAMPLE_RESULTS, testReportSection } from '@limaml/plugin/testing';
import { describe, expect, it } from 'vitest';
import {
  createReport,
  renderMarkdown,
  renderText,
  reportAsMarkdown,
  reportAsText,
  reportSections,
} from '../index.js';

const TABLE: ReportBlock = {
  kind: 'table',
  title: 'Gains | by model',
  columns: [
    { name: 'model' },
    { name: 'auc', signed: true },
    { name: 'share', digits: 1, unit: ' %' },
    { name: 'note', align: 'left' },
  ],
  rows: [
    ['LiMAML', { mean: 0.031, low: 0.027, high: 0.035 }, 71.25, 'a|b'],
    ['*none*', -0.5, null, ''],
  ],
};

describe('built-in sections', () => {
  const withMalformed = {
    ...SAMPLE_RESULTS,
    data: {
      ...SAMPLE_RESULTS.data,
      malformedRows: [{ reason: 'no time', count: 1, examples: ['a.csv:5'] }],
    },
  };

  // Sections about a replay have nothing to say of this sample: they are tested where there is one.
  const others = reportSections().filter(({ name }) => !['freshness', 'online'].includes(name));
  it.each(others)('$name conforms', async (section) => {
    await testReportSection(section, { results: withMalformed });
  });

  it('make the report of an experiment', async () => {
    const text = reportAsText(await createReport(SAMPLE_RESULTS));
    expect(text).toMatch(
      /^Summary\nVerdict: LiMAML is ahead of item rate, the strongest other, on auc\.\n/,
    );
    expect(text).toMatch(/\ncourses: test tasks, mean over 2 seeds\nmodel +auc +logLoss\n─+\n/);
    expect(text).toMatch(/LiMAML +0\.7900 ±0\.0040 +0\.2100 ±0\.0040\n/);
    expect(text).toMatch(/auc by size of the support set.*\n.*<15 \(30\) +15–39 \(50\)/);
    expect(text).toMatch(/LiMAML minus the others.*\n.*\n.*\n.*\+0\.0800 ±0\.0040/);
    expect(text).toMatch(/Time of training, all seeds\n.*compiled step[^]*60\.0 %/);
  });
});

describe('createReport', () => {
  const fine = defineReportSection({
    name: 'fine',
    title: 'Fine',
    render: () => [{ kind: 'text', text: 'All is well.' }],
  });
  const broken = defineReportSection({
    name: 'broken',
    title: 'Broken',
    render: ({ models }) => [{ kind: 'text', text: models[99]!.name }],
  });
  const odd = defineReportSection({ name: 'odd', title: 'Odd', render: () => [7] as never });

  it('names sections that fail, and keeps the others', async () => {
    const report = await createReport(SAMPLE_RESULTS, [broken, fine, odd]);
    expect(reportAsText(report)).toBe('Fine\nAll is well.\n');
    expect(report.failure?.message).toMatch(
      /LIMAML_ERR_EXPERIMENT_REPORT_FAILED.*"broken": render\(\) of the report.*"odd": .*block 0 is the number 7/,
    );
  });

  it('leaves out sections that have nothing to say', async () => {
    const { environment, ...results } = SAMPLE_RESULTS;
    expect(environment?.cores).toBe(2);
    const none = { ...results, models: [], differences: [] };
    const report = await createReport(none, [...reportSections(), fine]);
    expect(report.sections.map(({ name }) => name)).toEqual(['overall', 'fine']);
  });
});

describe('blocks', () => {
  it('are text with aligned columns', () => {
    expect(renderText([TABLE])).toBe(
      [
        'Gains | by model',
        'model               auc   share  note',
        '─'.repeat(37),
        'LiMAML  +0.0310 ±0.0040  71.3 %  a|b',
        '*none*          −0.5000       –',
        '',
      ].join('\n'),
    );
  });

  it('are Markdown in which nothing becomes markup by accident', () => {
    expect(renderMarkdown([TABLE, { kind: 'text', text: 'a < b' }])).toBe(
      [
        '**Gains | by model**',
        '',
        '| model | auc | share | note |',
        '| :-- | --: | --: | :-- |',
        '| LiMAML | +0.0310 ±0.0040 | 71.3 % | a\\|b |',
        '| \\*none\\* | −0.5000 | – |  |',
        '',
        'a \\< b',
        '',
      ].join('\n'),
    );
  });

  it('of a later version are named', () => {
    const film = { kind: 'film' } as unknown as ReportBlock;
    expect(renderText([film])).toContain('kind "film", which this version cannot show');
    expect(renderMarkdown([film])).toContain('kind "film", which this version cannot show');
    const pie = {
      kind: 'chart',
      form: 'pie',
      title: 'P',
      description: 'p',
    } as unknown as ReportBlock;
    expect(renderText([pie])).toContain('chart of form "pie", which this version cannot show');
  });

  it('are a page under the titles of their sections', async () => {
    const page = reportAsMarkdown(await createReport(SAMPLE_RESULTS));
    expect(page).toMatch(
      /^# sample\n\n## Summary\n\nVerdict: [^]*\n## Results\n\n\*\*courses: test tasks/,
    );
    expect(page).toContain('## Time and memory\n');
  });
});
