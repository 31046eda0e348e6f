import { downloadDataset, PUBLIC_DATASETS, publicDataset, type PublicDataset } from '@limaml/data';
import { renderText } from '@limaml/experiment';
import { Command } from 'commander';
import { join } from 'node:path';
import { runs, type CommandContext, type CommandResult } from '../command.js';
import type { CliIo } from '../io.js';
import { createRate } from '../progress-rate.js';

interface DownloadCommandOptions {
  readonly to: string;
  readonly from?: string;
  readonly acceptLicence?: true;
  readonly overwrite?: true;
}

const EXAMPLES = `
Examples:
  $ limaml download
  $ limaml download ml-100k --accept-licence
  $ limaml download ml-1m --from ~/ml-1m.zip --to data --accept-licence

Without a name it lists what there is. Size and checksum are compared with the published ones before anything is
unpacked. Ctrl-C keeps what has been fetched, and the same command goes on from there. For a machine without a
network, --from takes the archive, or a folder of its files, that was fetched elsewhere.`;

export function addDownload(program: Command, io: CliIo): Command {
  const command = program
    .command('download [name]')
    .description('Get a public data set from its publisher, or list what there is.')
    .option('--to <folder>', 'folder in which a folder of that name is made', 'data')
    .option('--from <path>', 'archive, or folder of its files, to take instead of fetching it')
    .option('--accept-licence', 'you have read the terms of the publisher and accept them')
    .option('--overwrite', 'replace a folder of that name that holds something else')
    .addHelpText('after', EXAMPLES);
  return runs<DownloadCommandOptions>(command, io, (context, options, [name]) =>
    name === undefined ? Promise.resolve(listPublic()) : download(context, options, name),
  );
}

function listPublic(): CommandResult {
  const columns = ['name', 'archive', 'what it holds'].map(
    (name) => ({ name, align: name === 'archive' ? 'right' : 'left' }) as const,
  );
  const rows = PUBLIC_DATASETS.map(({ name, bytes, title }) => [name, megabytes(bytes), title]);
  const table = { kind: 'table', title: 'Public data sets', columns, rows } as const;
  return {
    text: `${renderText([table])}\nGet one: limaml download NAME shows its licence first.`,
    json: { datasets: PUBLIC_DATASETS },
  };
}

async function download(
  context: CommandContext,
  { to, from, acceptLicence, overwrite }: DownloadCommandOptions,
  name: string,
): Promise<CommandResult> {
  const dataset = publicDataset(name);
  context.progress.note(termsOf(dataset));
  const step = context.progress.step(`Getting ${name}`);
  const rate = createRate('kB');
  const { folder, source } = await downloadDataset(dataset, {
    to: context.path(to),
    ...(from !== undefined && { from: context.path(from) }),
    licenceAccepted: acceptLicence === true,
    overwrite: overwrite === true,
    onBytes: (done) => {
      step.update(done / dataset.bytes, rate({ done: kilo(done), total: kilo(dataset.bytes) }));
    },
    signal: context.io.signal,
  });
  step.done(source === 'there' ? 'was there already' : 'complete');
  const shown = join(to, name);
  return {
    text: `${dataset.title.split(':')[0]!} is in ${shown}: --data ${name}=${shown}`,
    json: { name, folder, source, licence: dataset.licence, citation: dataset.citation },
  };
}

/** What the publisher wants people to know. */
function termsOf({ title, url, licence, citation }: PublicDataset): string {
  return [
    title,
    `From:    ${url}`,
    `Licence: ${licence.summary}`,
    `         ${licence.url}`,
    `Cite:    ${citation}`,
    '',
  ].join('\n');
}

function kilo(bytes: number): number {
  return Math.round(bytes / 1000);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
