import { Resvg } from '@resvg/resvg-js';
import type { ChartBlock, ReportBlock } from '@limaml/plugin';
import { SAMPLE_CONTEXT, SAMPLE_RESULTS } from '@limaml/plugin/testing';
import fc from 'fast-check';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { createReport, reportAsHtml, reportSections, writeReport, type Report } from '../index.js';

let report: Report;
let page: string;

beforeAll(async () => {
  report = await createReport(SAMPLE_RESULTS, reportSections(), SAMPLE_CONTEXT);
  page = await reportAsHtml(report);
}, 30_000);

const reportOf = (...blocks: ReportBlock[]): Report => ({
  experiment: 'one',
  sections: [{ name: 'mine', title: 'Mine', blocks }],
});

/** Charts of every form, with one name wherever there may be any. */
const chartsNamed = (name: string): ChartBlock[] => {
  const points = [1, 2, 3].map((x) => ({ x, y: x * x }));
  const about = { kind: 'chart', title: name, description: `About ${name}` } as const;
  const axes = { x: { title: name }, y: { title: name } };
  return [
    {
      ...{ ...about, ...axes, form: 'line' },
      series: [
        { name, points },
        { name: 'other', points },
      ],
    },
    {
      ...{ ...about, ...axes, form: 'scatter', diagonal: true },
      series: [
        { name, points },
        { name: 'other', points },
      ],
    },
    {
      ...{ ...about, form: 'interval', value: { title: name } },
      bars: [
        { label: name, series: name, mean: 1, low: 0, high: 2 },
        { label: name, series: 'other', mean: 1, low: null, high: null },
      ],
    },
  ];
};

const HOSTILE = `</title><script>alert(1)</script>"' onload=x & ]]> \u0000 <!--`;

describe('reportAsHtml', () => {
  it('is the same bytes for the same results', async () => {
    const again = await createReport(SAMPLE_RESULTS, reportSections(), SAMPLE_CONTEXT);
    expect(await reportAsHtml(again)).toBe(page);
  });

  it('needs nothing but itself, and runs nothing', () => {
    const addresses = [...page.matchAll(/\b(?:href|src|srcset|xlink:href)="([^"]*)"/g)];
    expect(addresses.every(([, address]) => address!.startsWith('#section-'))).toBe(true);
    expect(page.replaceAll(/xmlns(:xlink)?="[^"]*"/g, '')).not.toMatch(/https?:|url\(|@import/);
    expect(page).not.toMatch(/<(script|link|iframe|object|embed)\b| on\w+="/i);
    expect(page).toContain(
      'content="default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;"',
    );
  });

  it('has every section, with pictures that say what they show', () => {
    for (const { name } of report.sections)
      expect(page).toContain(`<section id="section-${name}">`);
    const pictures = [
      ...page.matchAll(/<svg [^>]*role="img" aria-label="[^"]+"><desc>[^<]+<\/desc>/g),
    ];
    const charts = report.sections.flatMap(({ blocks }) =>
      blocks.filter(({ kind }) => kind === 'chart'),
    );
    expect(pictures.length).toBe(charts.length);
    expect(charts.length).toBeGreaterThanOrEqual(10);
  });

  it('has another colour for every colour on a dark screen', () => {
    const [style, body] = [page.split('</style>')[0]!, page.split('</style>')[1]!];
    const used = new Set(
      [...body.matchAll(/(?:fill|stroke)="(#[0-9a-f]{6})"/g)].map(([, c]) => c!),
    );
    expect(used.size).toBeGreaterThan(5);
    for (const colour of used) expect(style).toContain(`[fill="${colour}"]{fill:`);
  });

  it('makes no markup of names', async () => {
    const models = SAMPLE_RESULTS.models.map((model) => ({ ...model, name: HOSTILE + model.name }));
    const results = { ...SAMPLE_RESULTS, experiment: HOSTILE, models };
    const hostile = await reportAsHtml(await createReport(results));
    expect(hostile).not.toMatch(/<script|<!--|\]\]>(?!<)/);
    expect(hostile).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  });

  it('has the same structure whatever names hold', async () => {
    const structure = async (name: string): Promise<string> => {
      const table: ReportBlock = {
        kind: 'table',
        title: name,
        columns: [{ name }],
        rows: [[name]],
      };
      const code: ReportBlock = { kind: 'text', text: name, format: 'code' };
      const named = await reportAsHtml(reportOf(table, code, ...chartsNamed(name)));
      return [...named.matchAll(/<\/?[a-z!][a-z0-9]*/g)].join('');
    };
    const harmless = await structure('name');
    const text = fc.string({ minLength: 1, maxLength: 12, unit: 'binary' });
    await fc.assert(
      fc.asyncProperty(text, async (name) => {
        fc.pre(name.trim() !== '' && name !== 'other');
        expect(await structure(name)).toBe(harmless);
      }),
      { numRuns: 6, examples: [[HOSTILE], ['<b>'], ['&amp;']] },
    );
  }, 30_000);

  it('says which blocks it cannot show', async () => {
    const pie = {
      kind: 'chart',
      form: 'pie',
      title: 'P',
      description: 'p',
    } as unknown as ReportBlock;
    expect(await reportAsHtml(reportOf(pie))).toContain('chart of form &quot;pie&quot;');
  });
});

describe('writeReport', () => {
  it('writes a page, Markdown and the pictures it links to', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'limaml-report-'));
    const { html, markdown, figures } = await writeReport(report, folder, { png: true });
    const text = await readFile(markdown, 'utf8');
    const links = [...text.matchAll(/!\[[^\]]+\]\(([^)]+)\)/g)].map(([, link]) => link!);
    expect(links.length * 2).toBe(figures.length);
    for (const link of links) {
      const svg = await readFile(join(dirname(markdown), link), 'utf8');
      expect(new Resvg(svg).width).toBeGreaterThan(300);
      expect(svg).toContain('prefers-color-scheme:dark');
      expect(existsSync(join(folder, link.replace('.svg', '.png')))).toBe(true);
    }
    expect(await readFile(html, 'utf8')).toBe(page);
    await rm(folder, { recursive: true });
  }, 30_000);

  it('draws well-formed pictures of hostile names', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'limaml-report-'));
    const { figures } = await writeReport(reportOf(...chartsNamed(HOSTILE)), folder);
    for (const path of figures) {
      expect(new Resvg(await readFile(path, 'utf8')).height).toBeGreaterThan(50);
    }
    await rm(folder, { recursive: true });
  });
});
