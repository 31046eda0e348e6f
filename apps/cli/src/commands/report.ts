import { createReport, readResults, reportAsMarkdown, reportAsText } from '@limaml/experiment';
import { Command } from 'commander';
import { existsSync } from 'node:fs';
import { runs, type CommandContext, type CommandResult } from '../command.js';
import type { CliIo } from '../io.js';
import { readOrigin } from '../run-origin.js';
import { registerSpecPlugins } from '../spec-plugins.js';

interface ReportOptions {
  readonly markdown?: true;
  readonly spec?: string;
}

const EXAMPLES = `
Examples:
  $ limaml report runs/quickstart
  $ limaml report runs/quickstart --markdown > report.md

FOLDER is the output folder of "experiment" or "train". The sections are those that are registered: the
built-in ones, then those of limaml.config.ts and of the spec.`;

export function addReport(program: Command, io: CliIo): Command {
  const command = program
    .command('report <folder>')
    .description('Show the report of an experiment that ended.')
    .option('--markdown', 'write Markdown instead of text')
    .option(
      '--spec <file>',
      'experiment spec whose report sections are wanted (default: that of the experiment)',
    )
    .addHelpText('after', EXAMPLES);
  return runs<ReportOptions>(command, io, report);
}

async function report(
  { path, registry }: CommandContext,
  { markdown, spec }: ReportOptions,
  [folder]: readonly string[],
): Promise<CommandResult> {
  const out = path(folder!);
  const results = await readResults(out);
  await registerSpecPlugins(registry, spec === undefined ? await originalSpec(out) : path(spec));
  const { failure, ...shown } = await createReport(results, registry.list('report'));
  const text = (markdown ? reportAsMarkdown(shown) : reportAsText(shown)).trimEnd();
  return failure === undefined ? { text, json: shown } : { text, json: shown, failure };
}

/** The spec of the experiment, if it still lies where it was: the built-in sections need none. */
async function originalSpec(out: string): Promise<string | undefined> {
  const origin = await readOrigin(out);
  return origin !== undefined && existsSync(origin.spec) ? origin.spec : undefined;
}
