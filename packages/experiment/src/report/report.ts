import type { LimamlError } from '@limaml/errors';
import { findBlockProblem } from '@limaml/plugin';
import type { ReportBlock, ReportPlugin, ReportResults } from '@limaml/plugin';
import { reportFailed, sectionInvalid } from '../errors.js';
import { renderMarkdown } from './render-markdown.js';
import { renderText } from './render-text.js';
import {
  cohortSection,
  differenceSection,
  malformedSection,
  overallSection,
} from './result-sections.js';
import { timingSection } from './timing-section.js';

/** A section that has something to say. */
export interface ReportedSection {
  readonly name: string;
  readonly title: string;
  readonly blocks: readonly ReportBlock[];
}

/** The report of an experiment, as data. */
export interface Report {
  readonly experiment: string;
  readonly sections: readonly ReportedSection[];
  /** LIMAML_ERR_EXPERIMENT_REPORT_FAILED, where sections had to be left out. */
  readonly failure?: LimamlError;
}

/** The sections that come with this package, in order: metrics, cohorts, differences, timings, malformed rows. */
export function reportSections(): readonly ReportPlugin[] {
  return [
    overallSection(),
    cohortSection(),
    differenceSection(),
    timingSection(),
    malformedSection(),
  ];
}

/**
 * Makes the report of results. A section that throws, or returns what is no list of blocks, is left out and
 * named in `failure`; the others stay.
 *
 * @param sections e.g. `registry.list('report')`. Default: {@link reportSections}
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
): Promise<Report> {
  const reported: ReportedSection[] = [];
  const failures: { readonly name: string; readonly error: unknown }[] = [];
  for (const section of sections) {
    try {
      reported.push(...(await reportSection(section, results)));
    } catch (error) {
      failures.push({ name: section.name, error });
    }
  }
  const report = { experiment: results.experiment, sections: reported };
  return failures.length === 0 ? report : { ...report, failure: reportFailed(failures) };
}

/** The report for a terminal. Tables have titles of their own; text is put under the title of its section. */
export function reportAsText({ sections }: Report): string {
  const texts = sections.map(({ title, blocks }) =>
    blocks[0]?.kind === 'text' ? `${title}\n${renderText(blocks)}` : renderText(blocks),
  );
  return texts.join('\n');
}

/** The report as a Markdown page. */
export function reportAsMarkdown({ experiment, sections }: Report): string {
  const parts = sections.map(({ title, blocks }) => `## ${title}\n\n${renderMarkdown(blocks)}`);
  return [`# ${experiment}\n`, ...parts].join('\n');
}

async function reportSection(
  section: ReportPlugin,
  results: ReportResults,
): Promise<readonly ReportedSection[]> {
  const { name, title } = section;
  const blocks = await section.render(results);
  const problem = findBlockProblem(blocks);
  if (problem !== undefined) throw sectionInvalid(name, problem);
  return blocks === undefined || blocks.length === 0 ? [] : [{ name, title, blocks }];
}
