import {
  createReport,
  openReportContext,
  reportAsText,
  type ExperimentResults,
} from '@limaml/experiment';
import type { CommandContext, CommandResult } from './command.js';

/**
 * What a command that trained has to say: the registered report sections, and a last line. Sections that fail
 * are named after them.
 *
 * @param out output folder, from the working directory
 */
export async function reportResults(
  { registry, path }: CommandContext,
  results: ExperimentResults,
  { out, last, json }: { readonly out: string; readonly last: string; readonly json: unknown },
): Promise<CommandResult> {
  const kept = openReportContext(path(out), registry.list('metric'));
  const { failure, ...report } = await createReport(results, registry.list('report'), kept);
  const text = `${reportAsText(report)}\n${last}`;
  return failure === undefined ? { text, json } : { text, json, failure };
}
