import { createReport, reportAsText, type ExperimentResults } from '@limaml/experiment';
import type { CommandContext, CommandResult } from './command.js';

/**
 * What a command that trained has to say: the registered report sections, and a last line. Sections that fail
 * are named after them.
 */
export async function reportResults(
  { registry }: CommandContext,
  results: ExperimentResults,
  { last, json }: { readonly last: string; readonly json: unknown },
): Promise<CommandResult> {
  const { failure, ...report } = await createReport(results, registry.list('report'));
  const text = `${reportAsText(report)}\n${last}`;
  return failure === undefined ? { text, json } : { text, json, failure };
}
