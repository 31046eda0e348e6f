import { readManifest, seedWindows } from '@limaml/serving';
import { openEventLog, type EventLog } from '@limaml/store';
import { Command } from 'commander';
import { runs, type CommandContext, type CommandResult } from '../command.js';
import type { CliIo } from '../io.js';
import { namedPath } from '../options.js';
import { createRate } from '../progress-rate.js';
import { openLog, type DatasetOptions } from '../serving-session.js';

interface SeedOptions extends DatasetOptions {
  readonly bundle: string;
  readonly events: string;
  readonly prefix?: string;
  readonly whole?: true;
}

const EXAMPLES = `
Examples:
  $ limaml seed-windows --bundle bundles/first --data marketplace=data/marketplace --events events/first
  $ limaml seed-windows --bundle bundles/first --data marketplace=data/marketplace --events redis://redis:6379

An event log starts empty, and a first event would then be all that its entity is adapted to. This puts the newest
interactions of every entity there, as many as a support set of the bundle holds, and its profile. Nothing is
adapted to them: "limaml generate" did that from the same data. Doing it again adds what is new. The data is read in
parts. An event log in a folder belongs to one process: seed it before the server starts.`;

export function addSeedWindows(program: Command, io: CliIo): Command {
  const command = program
    .command('seed-windows')
    .description("Put every entity's newest interactions into the event log of a server.")
    .requiredOption('--bundle <folder>', 'bundle that the server adapts with')
    .requiredOption('--data <name=path>', 'dataset with the interactions', namedPath)
    .requiredOption('--events <location>', 'event log: a folder, or redis://host')
    .option('--prefix <text>', 'beginning of every key on a Redis server (default: limaml-events)')
    .option('--whole', 'load the data whole, for entities whose tasks lie across the parts')
    .option('--spec <file>', 'experiment spec whose plugins the dataset needs')
    .addHelpText('after', EXAMPLES);
  return runs<SeedOptions>(command, io, seed);
}

async function seed(context: CommandContext, options: SeedOptions): Promise<CommandResult> {
  const manifest = await readManifest(context.path(options.bundle));
  const events = await openEvents(context, options, manifest.support.maxSize);
  try {
    const log = await openLog(context, options, { manifest });
    const step = context.progress.step('Seeding support windows');
    const total =
      'parts' in log.source ? log.source.parts.entities : log.source.tasks.taskIds.length;
    const rate = createRate('entities');
    const report = await seedWindows({
      ...log.source,
      ...{ events, limit: manifest.support.maxSize, signal: context.io.signal },
      onProgress: (done) => {
        step.update(done / total, rate({ done, total }));
      },
    }).finally(() => log.close());
    step.done(`${report.entities} entities`);
    const { entities, added } = report;
    return {
      text: `${added} events of ${entities} entities are new in ${options.events}`,
      json: report,
    };
  } finally {
    await events.close();
  }
}

const REDIS_ADDRESS = /^rediss?:\/\//;

function openEvents(
  context: CommandContext,
  { events, prefix }: SeedOptions,
  keep: number,
): Promise<EventLog> {
  const location = REDIS_ADDRESS.test(events) ? events : context.path(events);
  return openEventLog(location, { keep, ...(prefix !== undefined && { prefix }) });
}
