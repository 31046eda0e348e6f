import { createScorer, readHistory, type Scorer, type SupportEvent } from '@limaml/serving';
import { Command } from 'commander';
import { runs, type CommandContext, type CommandResult } from '../command.js';
import { candidatesUnnamed, storeEmpty } from '../errors.js';
import { readEvents } from '../events-file.js';
import type { CliIo } from '../io.js';
import { idList, namedPath, wholeNumber } from '../options.js';
import { PROVIDER_HELP } from '../provider.js';
import { rankCandidates } from '../ranking.js';
import { reportRanking } from '../ranking-report.js';
import {
  readDataset,
  STORE_KIND_HELP,
  withSession,
  type DatasetOptions,
  type ServingSession,
  type SessionOptions,
} from '../serving-session.js';

interface ScoreOptions extends SessionOptions, DatasetOptions {
  readonly entity: string;
  readonly candidates?: readonly string[];
  readonly top?: number;
  readonly events?: string;
}

const EXAMPLES = `
Examples:
  $ limaml score --bundle bundles/quickstart --store stores/quickstart --entity member-7 --top 10
  $ limaml score --bundle bundles/quickstart --store stores/quickstart --entity member-7 --candidates job-1,job-2
  $ limaml score --bundle bundles/quickstart --store stores/quickstart --entity member-7 --top 10 \\
      --events clicks.jsonl --data marketplace=data/marketplace

An events file has one interaction per line, oldest first:
  {"candidate": "job-17", "label": 1}
The entity is adapted to them, its stored embedding replaced, and both rankings are shown. --data names the
dataset with its earlier interactions and its profile; without it only the new events count.
An entity that the store does not know is scored with its prior embedding, a candidate that the bundle does
not know as an unseen one.`;

export function addScore(program: Command, io: CliIo): Command {
  const command = program
    .command('score')
    .description('Score candidates for one entity from its stored meta embedding.')
    .requiredOption('--bundle <folder>', 'bundle to score with')
    .requiredOption('--store <location>', 'store with the embeddings: a folder, or redis://host')
    .requiredOption('--entity <id>', 'whom to score for')
    .option('--candidates <ids>', 'ids of the candidates, separated by commas', idList)
    .option(
      '--top <k>',
      'show the best k: of --candidates, or else of all candidates of the bundle',
      wholeNumber(1),
    )
    .option('--events <file>', 'adapt the entity to these interactions first (JSON lines)')
    .option('--data <name=path>', 'dataset with the earlier interactions of the entity', namedPath)
    .option('--store-kind <name>', STORE_KIND_HELP)
    .option('--provider <name>', PROVIDER_HELP)
    .option('--spec <file>', 'experiment spec whose plugins the dataset needs')
    .addHelpText('after', EXAMPLES);
  return runs<ScoreOptions>(command, io, score);
}

function score(context: CommandContext, options: ScoreOptions): Promise<CommandResult> {
  const { candidates, entity, top } = options;
  if (candidates === undefined && top === undefined) throw candidatesUnnamed();
  return withSession(context, { ...options, create: false }, async (session) => {
    await assertFilled(session, options.store);
    const ids = candidates ?? session.bundle.candidates.ids;
    const scorer = await createScorer({ ...session, maxCandidates: Math.max(1, ids.length) });
    const before = await rankCandidates(scorer, entity, ids);
    if (options.events === undefined) {
      return reportRanking({ entity, top, now: before, unknown: unknownOf(session, ids) });
    }
    const events = await readEvents(context.path(options.events));
    await adapt(context, options, session, scorer, events);
    const now = await rankCandidates(scorer, entity, ids);
    const unknown = unknownOf(session, [...ids, ...idsOf(events)]);
    return reportRanking({ entity, top, now, before, unknown });
  });
}

/** A store of another entity type would otherwise give everybody the prior embedding without a word. */
async function assertFilled({ bundle, store }: ServingSession, location: string): Promise<void> {
  const { entity } = bundle.manifest;
  if ((await store.current(entity)) === undefined) throw storeEmpty(location, entity);
}

async function adapt(
  context: CommandContext,
  options: ScoreOptions,
  { bundle }: ServingSession,
  scorer: Scorer,
  events: readonly SupportEvent[],
): Promise<void> {
  const { entity } = options;
  if (options.data === undefined) {
    await scorer.refresh({ entity, events });
    return;
  }
  const { log, tasks } = await readDataset(context, options, bundle);
  const history = readHistory(log, tasks, entity, bundle.manifest.support.maxSize);
  await scorer.refresh({
    entity,
    profile: history.profile,
    events: [...history.events, ...events],
  });
}

/** Ids that the bundle does not know, each once. */
function unknownOf({ bundle }: ServingSession, ids: readonly string[]): readonly string[] {
  const known = new Set(bundle.candidates.ids);
  return [...new Set(ids)].filter((id) => !known.has(id));
}

function idsOf(events: readonly SupportEvent[]): readonly string[] {
  return events.map(({ candidate }) => candidate).filter((id) => typeof id === 'string');
}
