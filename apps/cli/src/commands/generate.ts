import { generateEmbeddings, type GenerationReport } from '@limaml/serving';
import { Command } from 'commander';
import { runs, type CommandContext, type CommandResult } from '../command.js';
import type { CliIo } from '../io.js';
import { namedPath, wholeNumber } from '../options.js';
import { PROVIDER_HELP } from '../provider.js';
import {
  openLog,
  STORE_KIND_HELP,
  withSession,
  type DatasetOptions,
  type SessionOptions,
} from '../serving-session.js';

type GenerateOptions = SessionOptions & DatasetOptions & { readonly whole?: true };

const EXAMPLES = `
Examples:
  $ limaml generate --bundle bundles/quickstart --data marketplace=data/marketplace --store stores/quickstart
  $ limaml generate --bundle bundles/ml-1m --data ml-1m=data/ml-1m --store stores/ml-1m --workers 2

The data is read in parts, so that memory does not grow with the number of entities; sorting it needs room
for temporary files. Entities without interactions get the prior embedding. The new version of the store is
served from the moment it is complete; Ctrl-C leaves the one before.`;

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
    .option('--whole', 'load the data whole, for entities whose tasks lie across the parts')
    .option('--spec <file>', 'experiment spec whose plugins the dataset needs')
    .addHelpText('after', EXAMPLES);
  return runs<GenerateOptions>(command, io, generate);
}

function generate(context: CommandContext, options: GenerateOptions): Promise<CommandResult> {
  return withSession(context, options, async ({ bundle, store }) => {
    const log = await openLog(context, options, bundle);
    const step = context.progress.step('Generating meta embeddings');
    const report = await generateEmbeddings({
      ...log.source,
      bundle,
      store,
      signal: context.io.signal,
      onProgress: ({ done, total }) => {
        step.update(done / total, `${done}/${total}`);
      },
    }).finally(() => log.close());
    step.done(`${Math.round(report.entities / report.seconds)} entities/s`);
    return { text: describe(report, options), json: report };
  });
}

function describe(
  { version, entities, onPrior, failed, norms }: GenerationReport,
  { store }: GenerateOptions,
): string {
  const failures =
    failed.count === 0
      ? ''
      : ` (${failed.examples.join(', ')}${failed.count > failed.examples.length ? ', …' : ''})`;
  return [
    `Version ${version.version} of ${version.entity} embeddings is served from ${store}`,
    `  entities ${entities}, of these on prior ${onPrior}, failed ${failed.count}${failures}`,
    `  norms ${norms.min.toFixed(3)} to ${norms.max.toFixed(3)}, mean ${norms.mean.toFixed(3)}`,
  ].join('\n');
}
