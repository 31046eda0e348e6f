import type { ChartBlock } from '@limaml/plugin';
import { join } from 'node:path';
import { writeFileWhole } from '../files.js';
import { drawChart } from './charts/draw.js';
import { pngOf } from './charts/png.js';
import { standaloneSvg } from './charts/svg.js';
import { renderHtml } from './render-html.js';
import { reportAsMarkdown, type Report } from './report.js';
import { stemOf } from './stem.js';
import { isKnown } from './unknown-block.js';

/** Options of {@link writeReport}. */
export interface WriteReportOptions {
  /** Whether every picture is also written as PNG, with the fonts of this machine. Default false. */
  readonly png?: boolean;
}

/** The files of a report. */
export interface ReportFiles {
  readonly html: string;
  readonly markdown: string;
  /** SVG pictures, and PNG where they were asked for. */
  readonly figures: readonly string[];
}

/**
 * The report as one HTML page that needs nothing else: no network, no scripts, light or dark as the reader likes.
 *
 * @example
 * ```ts
 * await writeFile('report.html', await reportAsHtml(await createReport(results)));
 * ```
 */
export async function reportAsHtml(report: Report): Promise<string> {
  return renderHtml(report, await drawAll(report));
}

/**
 * Writes a report into a folder: `report.html`, and `report.md` with its pictures in `figures/`.
 *
 * @returns the paths of what was written
 * @throws LIMAML_ERR_EXPERIMENT_FILE_UNWRITABLE
 *
 * @example
 * ```ts
 * const { html } = await writeReport(await createReport(results), 'runs/quickstart/report');
 * ```
 */
export async function writeReport(
  report: Report,
  folder: string,
  { png = false }: WriteReportOptions = {},
): Promise<ReportFiles> {
  const drawings = await drawAll(report);
  const links = figureLinks(report);
  const [html, markdown] = [join(folder, 'report.html'), join(folder, 'report.md')];
  const figures: string[] = [];
  for (const [chart, svg] of drawings) {
    figures.push(...(await writeFigure(join(folder, links.get(chart)!), svg, png)));
  }
  await writeFileWhole(markdown, reportAsMarkdown(report, links));
  await writeFileWhole(html, renderHtml(report, drawings));
  return { html, markdown, figures };
}

async function writeFigure(path: string, svg: string, png: boolean): Promise<readonly string[]> {
  await writeFileWhole(path, standaloneSvg(svg));
  if (!png) return [path];
  const copy = path.replace(/svg$/, 'png');
  await writeFileWhole(copy, await pngOf(svg));
  return [path, copy];
}

async function drawAll(report: Report): Promise<ReadonlyMap<ChartBlock, string>> {
  const drawings = new Map<ChartBlock, string>();
  for (const chart of figureLinks(report).keys()) drawings.set(chart, await drawChart(chart));
  return drawings;
}

/** Where every picture goes, seen from the report's folder: `figures/cohorts-1.svg`. */
function figureLinks({ sections }: Report): ReadonlyMap<ChartBlock, string> {
  return new Map(
    sections.flatMap(({ name, blocks }) => {
      const charts = blocks.filter((block) => block.kind === 'chart').filter(isKnown);
      return charts.map((chart, at) => [chart, `figures/${stemOf(name)}-${at + 1}.svg`] as const);
    }),
  );
}
