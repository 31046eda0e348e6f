import type {
  ReportBlock,
  ReportContext,
  ReportPlugin,
  ReportResults,
} from '../contracts/index.js';
import { findBlockProblem } from '../check-blocks.js';
import { ensure, runChecks } from './conformance.js';
import type { Check, ConformanceReport } from './conformance.js';
import { pluginChecks } from './plugin-checks.js';
import { EMPTY_CONTEXT, SAMPLE_CONTEXT } from './report-context.js';
import { EDGE_RESULTS, SAMPLE_RESULTS } from './report-results.js';

/** Options of {@link testReportSection}. */
export interface ReportSuiteOptions {
  /** Results that the section has something for. Default: {@link SAMPLE_RESULTS}. */
  readonly results?: ReportResults;
  /** What the section may ask for beside them. Default: {@link SAMPLE_CONTEXT}. */
  readonly context?: ReportContext;
}

/**
 * Conformance suite of report sections: blocks are well formed and the same each time, results are left alone,
 * and results with one seed, without models, cohorts, intervals or predictions are no surprise. Works under any test runner.
 *
 * @returns the checks, all passed
 * @throws LIMAML_ERR_PLUGIN_CONFORMANCE that lists what failed and how to repair it
 *
 * @example
 * ```ts
 * await testReportSection(winnerSection());
 * ```
 */
export function testReportSection(
  section: ReportPlugin,
  { results = SAMPLE_RESULTS, context = SAMPLE_CONTEXT }: ReportSuiteOptions = {},
): Promise<ConformanceReport> {
  return runChecks(`report ${section.name}`, [
    ...pluginChecks(section, 'defineReportSection'),
    ...renderChecks(section, results, context),
    ...edgeChecks(section),
  ]);
}

function renderChecks(
  section: ReportPlugin,
  results: ReportResults,
  context: ReportContext,
): readonly Check[] {
  return [
    {
      name: 'has blocks for the results of the suite, well formed',
      fix: 'Return a list of text, table and chart blocks; every row has a cell for every column',
      run: async () => {
        const blocks = await renderChecked(section, results, context);
        ensure(blocks !== undefined && blocks.length > 0, 'it has none: give the suite results');
      },
    },
    {
      name: 'has the same blocks for the same results',
      fix: 'Use no clock, no random number and no earlier call in render()',
      run: async () => {
        const first = await section.render(results, context);
        const again = await section.render(results, context);
        ensure(JSON.stringify(first) === JSON.stringify(again), 'two calls differ');
      },
    },
    {
      name: 'changes nothing in the results',
      fix: 'Sort and change copies: toSorted(), toReversed(), { ...model }',
      run: async () => {
        const copy = structuredClone(results);
        await section.render(copy, context);
        ensure(JSON.stringify(copy) === JSON.stringify(results), 'the results changed');
      },
    },
  ];
}

function edgeChecks(section: ReportPlugin): readonly Check[] {
  return Object.entries(EDGE_RESULTS).map(([name, results]) => ({
    name: `stands results with ${name}`,
    fix: 'Return undefined where there is nothing to show; metrics, intervals and cohorts may be missing',
    run: async () => {
      await renderChecked(section, results, SAMPLE_CONTEXT);
      await renderChecked(section, results, EMPTY_CONTEXT);
    },
  }));
}

async function renderChecked(
  section: ReportPlugin,
  results: ReportResults,
  context: ReportContext,
): Promise<readonly ReportBlock[] | undefined> {
  const blocks = await section.render(results, context);
  const problem = findBlockProblem(blocks);
  ensure(problem === undefined, problem ?? '');
  return blocks;
}
