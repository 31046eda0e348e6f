import type { LimamlError } from '@limaml/errors';
import { findBlockProblem } from '@limaml/plugin';
import type {
  ChartBlock,
  ReportBlock,
  ReportContext,
  ReportPlugin,
  ReportResults,
} from '@limaml/plugin';
import { reportFailed, sectionInvalid } from '../errors.js';
import { resultsAlone } from './context.js';
import { renderMarkdown } from './render-markdown.js';
import { renderText } from './render-text.js';
import { reportSections } from './sections/index.js';

/** A section that has something to say. */
export interface ReportedSection {
  readonly name: string;
  readonly title: string;
  readonly blocks: readonly ReportBlock[];
}

/** The report of an experiment, as data. */
export interface Report {
  readonly experiment: string;
  /** A line about what the report is of: the data, the date. */
  readonly about?: string;
  readonly sections: readonly ReportedSection[];
  /** LIMAML_ERR_EXPERIMENT_REPORT_FAILED, where sections had to be left out. */
  readonly failure?: LimamlError;
}

/**
 * Makes the report of results. A section that throws, or returns what is no list of blocks, is left out and
 * named in `failure`; the others stay.
 *
 * @param sections e.g. `registry.list('report')`. Default: {@link reportSections}
 * @param context what sections may ask for beside the results, e.g. {@link openReportContext}. Default: the
 *   metrics of this package, and no predictions
 *
 * @example
 * ```ts
 * const report = await createReport(results);
 * console.log(reportAsText(report));
 * ```
 */
export async function createReport(
  results: ReportResults,
  sections: readonly ReportPlugin[] = reportSections(),
  context: ReportContext = resultsAlone(),
): Promise<Report> {
  const reported: ReportedSection[] = [];
  const failures: { readonly name: string; readonly error: unknown }[] = [];
  for (const section of sections) {
    try {
      reported.push(...(await reportSection(section, results, context)));
    } catch (error) {
      failures.push({ name: section.name, error });
    }
  }
  const about = describeResults(results);
  const report = { experiment: results.experiment, about, sections: reported };
  return failures.length === 0 ? report : { ...report, failure: reportFailed(failures) };
}

/** The report for a terminal. Tables have titles of their own; text is put under the title of its section. */
export function reportAsText({ sections }: Report): string {
  const texts = sections.map(({ title, blocks }) =>
    blocks[0]?.kind === 'text' ? `${title}\n${renderText(blocks)}` : renderText(blocks),
  );
  return texts.join('\n');
}

/**
 * The report as a Markdown page.
 *
 * @param figures where the pictures of charts are, as links; a chart without one has its description alone
 */
export function reportAsMarkdown(
  { experiment, sections }: Report,
  figures?: ReadonlyMap<ChartBlock, string>,
): string {
  const parts = sections.map(
    ({ title, blocks }) => `## ${title}\n\n${renderMarkdown(blocks, figures)}`,
  );
  return [`# ${experiment}\n`, ...parts].join('\n');
}

async function reportSection(
  section: ReportPlugin,
  results: ReportResults,
  context: ReportContext,
): Promise<readonly ReportedSection[]> {
  const { name, title } = section;
  const blocks = await section.render(results, context);
  const problem = findBlockProblem(blocks);
  if (problem !== undefined) throw sectionInvalid(name, problem);
  return blocks === undefined || blocks.length === 0 ? [] : [{ name, title, blocks }];
}

function describeResults({ data, createdAt, seconds, models }: ReportResults): string {
  const seeds = models[0]?.runs.length ?? 0;
  const size = `${whole(data.rows)} rows of ${whole(data.tasks)} tasks, ${seeds} seed${seeds === 1 ? '' : 's'}`;
  return `Data: ${data.name}, ${size}. Made ${createdAt.slice(0, 10)} in ${seconds.toFixed(0)} s.`;
}

function whole(value: number): string {
  return value.toLocaleString('en-GB', { maximumFractionDigits: 0 });
}
