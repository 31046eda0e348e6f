import {
  generateEmbeddings,
  rehearseGeneration,
  type GenerationFigures,
  type GenerationReport,
  type Bundle,
  type PublishGate,
} from '@limaml/serving';
import { Command } from 'commander';
import { join, parse } from 'node:path';
import { runs, type CommandContext, type CommandResult } from '../command.js';
import { entityNotInBundle } from '../errors.js';
import { describeGeneration } from '../generation-text.js';
import type { CliIo } from '../io.js';
import { momentOrPrevious, namedPath, numberUpTo, wholeNumber } from '../options.js';
import { createRate } from '../progress-rate.js';
import { PROVIDER_HELP } from '../provider.js';
import {
  openLog,
  STORE_KIND_HELP,
  withSession,
  type DatasetOptions,
  type ServingSession,
  type SessionOptions,
} from '../serving-session.js';

interface GenerateOptions extends SessionOptions, DatasetOptions {
  readonly entityType?: string;
  readonly whole?: true;
  readonly since?: number | 'previous';
  readonly resume?: true;
  readonly deadLetters: string;
  readonly dryRun?: true;
  readonly minCoverage?: number;
  readonly maxFailed?: number;
  readonly maxOnPrior?: number;
  readonly maxDrift?: number;
}

const EXAMPLES = `
Examples:
  $ limaml generate --bundle bundles/quickstart --data marketplace=data/marketplace --store stores/quickstart
  $ limaml generate --bundle bundles/ml-1m --data ml-1m=data/ml-1m --store stores/ml-1m --workers 2 --resume
  $ limaml generate --bundle bundles/quickstart --data marketplace=data/marketplace --store stores/quickstart \\
      --since previous --min-coverage 0.99 --max-failed 0.001 --max-drift 0.2
  $ limaml generate --bundle bundles/joint --data marketplace=data/marketplace --store stores/joint --entity-type job

The data is read in parts, so that memory does not grow with the number of entities; sorting it needs room
for temporary files. Entities without interactions get the prior embedding. The new version of the store is
served from the moment it is complete; a job that is stopped or killed leaves the one before, and --resume goes
on where it stopped. With --since the others keep their vectors: the data must hold all interactions all the same.
A version outside the bounds of --min-coverage and --max-… is not published, and the command fails.

A bundle of several entity types has an embedding of each. The other types are generated first, each with the
embeddings that the store has of the others, then the one that requests are for; --entity-type names one alone.
Dead letters of another type go to a file with its name in it.`;

export function addGenerate(program: Command, io: CliIo): Command {
  const command = program
    .command('generate')
    .description('Generate the meta embedding of every entity of a dataset into a store.')
    .requiredOption('--bundle <folder>', 'bundle to generate with')
    .requiredOption('--data <name=path>', 'dataset with the interactions', namedPath)
    .requiredOption('--store <location>', 'store to write to: a folder, or redis://host')
    .option('--store-kind <name>', STORE_KIND_HELP)
    .option(
      '--workers <n>',
      'worker threads to adapt in (default: the main thread)',
      wholeNumber(1),
    )
    .option('--provider <name>', PROVIDER_HELP)
    .option('--entity-type <type>', 'entity type to generate (default: all of the bundle)')
    .option('--whole', 'load the data whole, for entities whose tasks lie across the parts')
    .option(
      '--since <moment>',
      'generate only entities with later interactions; "previous": later than the version before knows',
      momentOrPrevious,
    )
    .option('--resume', 'go on where an earlier job with the same data and options was stopped')
    .option('--dry-run', 'generate and report, but write nothing to the store')
    .option(
      '--dead-letters <file>',
      'file for the entities that fail, one JSON object per line; made when one does',
      'dead-letters.jsonl',
    );
  return runs<GenerateOptions>(addGate(command).addHelpText('after', EXAMPLES), io, generate);
}

function addGate(command: Command): Command {
  return command
    .option(
      '--min-coverage <share>',
      'publish only if so many have a vector, of the entities or those of the version before',
      numberUpTo(1),
    )
    .option('--max-failed <share>', 'publish only if no more entities failed', numberUpTo(1))
    .option('--max-on-prior <share>', 'publish only if no more are on prior', numberUpTo(1))
    .option(
      '--max-drift <distance>',
      'publish only if the mean cosine distance to the version before is no greater',
      numberUpTo(2),
    );
}

function generate(context: CommandContext, options: GenerateOptions): Promise<CommandResult> {
  return withSession(context, options, async ({ bundle, store }) => {
    const texts: string[] = [];
    const others: Record<string, Report> = {};
    let own: Report | undefined;
    for (const seen of chooseTypes(bundle, options.entityType)) {
      const { entity } = seen.manifest;
      const named = { ...options, deadLetters: lettersOf(options.deadLetters, bundle, entity) };
      const report = await work(context, named, { bundle: seen, store });
      texts.push(describeGeneration(report, named));
      if (seen === bundle) own = report;
      else others[entity] = report;
    }
    const json = Object.keys(others).length === 0 ? own! : { ...own, others };
    return { text: texts.join('\n'), json };
  });
}

type Report = GenerationFigures | GenerationReport;

/** The bundle as each type to generate sees it: the one that requests are for reads what the others got. */
function chooseTypes(bundle: Bundle, entity: string | undefined): readonly Bundle[] {
  const all = [...Object.values(bundle.others), bundle];
  if (entity === undefined) return all;
  const chosen = all.find(({ manifest }) => manifest.entity === entity);
  const types = all.map(({ manifest }) => manifest.entity);
  if (chosen === undefined) throw entityNotInBundle(entity, types);
  return [chosen];
}

/** Each type has a file of its own: a generation deletes that of an earlier job. */
function lettersOf(file: string, { manifest }: Bundle, entity: string): string {
  if (entity === manifest.entity) return file;
  const { dir, name, ext } = parse(file);
  return join(dir, `${name}.${entity}${ext}`);
}

async function work(
  context: CommandContext,
  options: GenerateOptions,
  { bundle, store }: ServingSession,
): Promise<Report> {
  const log = await openLog(context, options, bundle);
  const { since, resume = false, dryRun = false } = options;
  const step = context.progress.step(`Generating embeddings of type ${bundle.manifest.entity}`);
  const rate = createRate('entities');
  const run = dryRun ? rehearseGeneration : generateEmbeddings;
  const report = await run({
    ...log.source,
    ...{ bundle, store, resume, gate: gateOf(options) },
    ...(since !== undefined && { since }),
    deadLetters: context.path(options.deadLetters),
    signal: context.io.signal,
    onProgress: (progress) => {
      step.update(progress.done / progress.total, rate(progress));
    },
  }).finally(() => log.close());
  step.done(`${Math.round((report.entities - report.resumed) / report.seconds)} entities/s`);
  return report;
}

function gateOf({ minCoverage, maxFailed, maxOnPrior, maxDrift }: GenerateOptions): PublishGate {
  return {
    ...(minCoverage !== undefined && { minCoverage }),
    ...(maxFailed !== undefined && { maxFailedShare: maxFailed }),
    ...(maxOnPrior !== undefined && { maxOnPriorShare: maxOnPrior }),
    ...(maxDrift !== undefined && { maxDrift }),
  };
}
