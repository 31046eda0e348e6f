import { createOrtExecutor } from '@limaml/backend-ort';
import { describeMalformed, loadExperimentData, type ExperimentData } from '@limaml/experiment';
import type { LogParts, MetaEmbeddingStore, OpenStoreOptions, ReadReport } from '@limaml/plugin';
import { openBundle, type Bundle, type LogInParts, type WholeLog } from '@limaml/serving';
import type { CommandContext } from './command.js';
import { datasetUnnamed } from './errors.js';
import { providerOptions, tellProvider } from './provider.js';
import { registerSpecPlugins } from './spec-plugins.js';

/** A bundle and a store that are open. */
export interface ServingSession {
  readonly bundle: Bundle;
  readonly store: MetaEmbeddingStore;
}

/** Options that name them. */
export interface SessionOptions {
  readonly bundle: string;
  readonly store: string;
  /** Store plugin. Default: what the location says, see {@link STORE_KIND_HELP}. */
  readonly storeKind?: string;
  /** Worker threads. Default: the calling thread. */
  readonly workers?: number;
  /** Execution provider to compute on. Default: the processor. */
  readonly provider?: string;
}

/** Opens a bundle and a store for the time of `work`. */
export async function withSession<Result>(
  context: CommandContext,
  options: SessionOptions & OpenStoreOptions,
  work: (session: ServingSession) => Promise<Result>,
): Promise<Result> {
  const { workers, provider, create = true } = options;
  const runtime = await createOrtExecutor({
    ...(workers !== undefined && { workers }),
    ...(provider !== undefined && providerOptions(provider)),
  });
  if (provider !== undefined) tellProvider(context, provider, runtime);
  try {
    const bundle = await openBundle(context.path(options.bundle), { runtime });
    const store = await openStore(context, options, create);
    try {
      return await work({ bundle, store });
    } finally {
      await store.close();
    }
  } finally {
    await runtime.dispose();
  }
}

const REDIS_ADDRESS = /^rediss?:\/\//;

/** What `--store-kind` is by default. */
export const STORE_KIND_HELP =
  'store plugin (default: redis for redis:// and rediss://, else lmdb)';

function openStore(
  context: CommandContext,
  { store, storeKind }: SessionOptions,
  create: boolean,
): Promise<MetaEmbeddingStore> {
  const onServer = REDIS_ADDRESS.test(store);
  const plugin = context.registry.get('store', storeKind ?? (onServer ? 'redis' : 'lmdb'));
  return plugin.open(onServer ? store : context.path(store), { create });
}

/** Options that name a dataset. */
export interface DatasetOptions {
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: string;
}

/** Reads the one dataset that `--data` names, grouped by the entities of the bundle. */
export async function readDataset(
  context: CommandContext,
  options: DatasetOptions,
  bundle: Pick<Bundle, 'manifest'>,
): Promise<ExperimentData> {
  const reading = await beginReading(context, options);
  const named = { dataset: reading.name, entity: bundle.manifest.entity };
  const loaded = await loadExperimentData(named, context.registry, {
    data: context.paths(options.data),
    signal: context.io.signal,
    onProgress: reading.step.update,
  });
  reading.done(loaded.tasks.taskIds.length, loaded.log.report);
  return loaded;
}

/** A log to generate embeddings from. */
export interface OpenLog {
  readonly source: WholeLog | LogInParts;
  close(): Promise<void>;
}

/** Opens that dataset to be read in parts, or reads it whole where it cannot. */
export async function openLog(
  context: CommandContext,
  options: DatasetOptions & { readonly whole?: true },
  bundle: Pick<Bundle, 'manifest'>,
): Promise<OpenLog> {
  const parts = options.whole ? undefined : await openParts(context, options, bundle);
  if (parts === undefined) {
    const source = await readDataset(context, options, bundle);
    return { source, close: () => Promise.resolve() };
  }
  const entity = context.registry.get('entity', bundle.manifest.entity);
  return { source: { parts, entity }, close: () => parts.close() };
}

async function openParts(
  context: CommandContext,
  options: DatasetOptions,
  { manifest }: Pick<Bundle, 'manifest'>,
): Promise<LogParts | undefined> {
  const { name, dataset, step, done } = await beginReading(context, options);
  const parts = await dataset.openParts?.(
    {
      path: context.paths(options.data)[name],
      signal: context.io.signal,
      onProgress: step.update,
    },
    { entity: manifest.entity, newest: manifest.support.maxSize },
  );
  if (parts !== undefined) done(parts.entities, parts.report);
  return parts;
}

async function beginReading({ registry, path, progress }: CommandContext, options: DatasetOptions) {
  const names = Object.keys(options.data ?? {});
  if (names.length !== 1) throw datasetUnnamed(names);
  const [name] = names as [string];
  await registerSpecPlugins(registry, options.spec && path(options.spec));
  const dataset = registry.get('dataset', name);
  const step = progress.step(`Reading ${name}`);
  const done = (entities: number, { rowsKept, malformed }: ReadReport): void => {
    const read = `${rowsKept} interactions of ${entities} entities`;
    step.done([read, describeMalformed(malformed)].filter(Boolean).join(' · '));
  };
  return { name, dataset, step, done };
}
