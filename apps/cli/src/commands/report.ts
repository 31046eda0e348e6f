import {
  createReport,
  openReportContext,
  readResults,
  reportAsMarkdown,
  reportAsText,
  writeReport,
} from '@limaml/experiment';
import { Command } from 'commander';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runs, type CommandContext, type CommandResult } from '../command.js';
import type { CliIo } from '../io.js';
import { readOrigin } from '../run-origin.js';
import { registerSpecPlugins } from '../spec-plugins.js';

interface ReportOptions {
  readonly markdown?: true;
  readonly out?: string;
  readonly png?: boolean;
  readonly spec?: string;
}

const EXAMPLES = `
Examples:
  $ limaml report runs/quickstart
  $ limaml report runs/quickstart --out public/quickstart --png
  $ limaml report runs/quickstart --markdown > report.md

FOLDER is the output folder of "experiment" or "train". Writes report.html, one page that needs nothing else, and
report.md with its pictures in figures/. The sections are those that are registered: the built-in ones, then those
of limaml.config.ts and of the spec.`;

export function addReport(program: Command, io: CliIo): Command {
  const command = program
    .command('report <folder>')
    .description('Show the report of an experiment that ended, and write it as HTML and Markdown.')
    .option('--out <folder>', 'folder for the files (default: FOLDER/report)')
    .option('--png', 'write the pictures as PNG, too')
    .option('--markdown', 'print Markdown instead of text, and write nothing')
    .option(
      '--spec <file>',
      'experiment spec whose report sections are wanted (default: that of the experiment)',
    )
    .addHelpText('after', EXAMPLES);
  return runs<ReportOptions>(command, io, report);
}

async function report(
  { path, registry }: CommandContext,
  { markdown, out, png = false, spec }: ReportOptions,
  [folder]: readonly string[],
): Promise<CommandResult> {
  const made = path(folder!);
  const results = await readResults(made);
  await registerSpecPlugins(registry, spec === undefined ? await originalSpec(made) : path(spec));
  const context = openReportContext(made, registry.list('metric'));
  const { failure, ...shown } = await createReport(results, registry.list('report'), context);
  const failed = failure === undefined ? {} : { failure };
  if (markdown) return { text: reportAsMarkdown(shown).trimEnd(), json: shown, ...failed };
  const target = out ?? join(folder!, 'report');
  const files = await writeReport(shown, path(target), { png });
  const text = `${reportAsText(shown)}\nReport: ${join(target, 'report.html')}`;
  return { text, json: { ...shown, files }, ...failed };
}

/** The spec of the experiment, if it still lies where it was: the built-in sections need none. */
async function originalSpec(out: string): Promise<string | undefined> {
  const origin = await readOrigin(out);
  return origin !== undefined && existsSync(origin.spec) ? origin.spec : undefined;
}
