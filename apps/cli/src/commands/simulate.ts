import { writeMarketplace } from '@limaml/data';
import { Command } from 'commander';
import { readdir } from 'node:fs/promises';
import { runs, type CommandContext, type CommandResult } from '../command.js';
import { outputExists } from '../errors.js';
import type { CliIo } from '../io.js';
import { wholeNumber } from '../options.js';

interface SimulateOptions {
  readonly out: string;
  readonly seed: number;
  readonly members: number;
  readonly jobs: number;
  readonly companies: number;
  readonly days: number;
  readonly impressions: number;
  readonly format: 'parquet' | 'csv';
  readonly partitions: number;
  readonly overwrite?: true;
}

const EXAMPLES = `
Examples:
  $ limaml simulate --out data/marketplace
  $ limaml simulate --out data/small --members 200 --seed 7 --format csv
  $ limaml simulate --out data/large --members 10000000 --impressions 20 --partitions 100

With several partitions, members and impressions are folders of files, each with one block of members: memory holds
one block at a time, so 100,000 members in each are a good choice.`;

export function addSimulate(program: Command, io: CliIo): Command {
  const command = program
    .command('simulate')
    .description('Simulate a job marketplace: members see jobs of companies and click on some.')
    .requiredOption('--out <folder>', 'folder for the files')
    .option('--seed <n>', 'equal seeds give equal files', wholeNumber(0), 1)
    .option('--members <n>', 'members, each a task', wholeNumber(1), 2000)
    .option('--jobs <n>', 'jobs, the candidates', wholeNumber(1), 600)
    .option('--companies <n>', 'companies', wholeNumber(1), 80)
    .option('--days <n>', 'length of the log', wholeNumber(1), 60)
    .option('--impressions <n>', 'mean impressions per member', wholeNumber(1), 60)
    .option('--partitions <n>', 'files for members and impressions', wholeNumber(1), 1)
    .option('--overwrite', 'write into a folder that is not empty')
    .addOption(
      program
        .createOption('--format <format>', 'file format')
        .choices(['parquet', 'csv'])
        .default('parquet'),
    )
    .addHelpText('after', EXAMPLES);
  return runs<SimulateOptions>(command, io, simulate);
}

async function simulate(context: CommandContext, options: SimulateOptions): Promise<CommandResult> {
  const { out, overwrite, impressions, ...marketplace } = options;
  const folder = context.path(out);
  const existing = await readdir(folder).catch(() => []);
  if (existing.length > 0 && !overwrite) throw outputExists(folder);
  const step = context.progress.step('Simulating the marketplace');
  const { signal } = context.io;
  await writeMarketplace(folder, {
    ...marketplace,
    impressionsPerMember: impressions,
    onProgress: step.update,
    signal,
  });
  const files = (await readdir(folder)).sort();
  step.done(`${files.length} files`);
  return {
    text: `A marketplace of ${options.members} members is in ${out}: ${files.join(', ')}`,
    json: { folder, files, dataset: 'marketplace' },
  };
}
