import {
  compareResults,
  openReportContext,
  readResults,
  reportAsMarkdown,
  reportAsText,
  writeReport,
  type NamedResults,
  type Report,
} from '@limaml/experiment';
import { Command } from 'commander';
import { join } from 'node:path';
import { runs, type CommandContext, type CommandResult } from '../command.js';
import type { CliIo } from '../io.js';

interface CompareOptions {
  readonly markdown?: true;
  readonly out?: string;
  readonly png?: boolean;
}

const EXAMPLES = `
Examples:
  $ limaml compare runs/one-step runs/five-steps
  $ limaml compare runs/one-step runs/five-steps --out runs/steps

Says which keys of the specs differ, and what that does to the models and baselines that both have: BEFORE is
subtracted from AFTER. Differences are paired by seed where data, entity and split agree.`;

export function addCompare(program: Command, io: CliIo): Command {
  const command = program
    .command('compare <before> <after>')
    .description('Compare the results of two experiments.')
    .option('--out <folder>', 'write report.html, report.md and figures/ there')
    .option('--png', 'write the pictures as PNG, too')
    .option('--markdown', 'print Markdown instead of text')
    .addHelpText('after', EXAMPLES);
  return runs<CompareOptions>(command, io, compare);
}

async function compare(
  context: CommandContext,
  options: CompareOptions,
  folders: readonly string[],
): Promise<CommandResult> {
  const { path, registry } = context;
  const [before, after] = await Promise.all(
    folders.map(async (name): Promise<NamedResults> => ({
      name,
      results: await readResults(path(name)),
    })),
  );
  const known = openReportContext(path(folders[1]!), registry.list('metric'));
  const report = compareResults(before!, after!, known);
  const text = (options.markdown ? reportAsMarkdown : reportAsText)(report);
  return write(context, options, report, text);
}

async function write(
  { path }: CommandContext,
  { out, png = false }: CompareOptions,
  report: Report,
  text: string,
): Promise<CommandResult> {
  if (out === undefined) return { text: text.trimEnd(), json: report };
  const files = await writeReport(report, path(out), { png });
  return { text: `${text}\nReport: ${join(out, 'report.html')}`, json: { ...report, files } };
}
