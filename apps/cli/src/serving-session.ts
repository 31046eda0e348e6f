import { createOrtExecutor } from '@limaml/backend-ort';
import { describeMalformed, loadExperimentData, type ExperimentData } from '@limaml/experiment';
import type { MetaEmbeddingStore, OpenStoreOptions } from '@limaml/plugin';
import { openBundle, type Bundle } from '@limaml/serving';
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
  readonly storeKind: string;
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
    const store = await context.registry
      .get('store', options.storeKind)
      .open(context.path(options.store), { create });
    try {
      return await work({ bundle, store });
    } finally {
      await store.close();
    }
  } finally {
    await runtime.dispose();
  }
}

/** Options that name a dataset. */
export interface DatasetOptions {
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: string;
}

/** Reads the one dataset that `--data` names, grouped by the entities of the bundle. */
export async function readDataset(
  context: CommandContext,
  { data, spec }: DatasetOptions,
  bundle: Bundle,
): Promise<ExperimentData> {
  const names = Object.keys(data ?? {});
  if (names.length !== 1) throw datasetUnnamed(names);
  await registerSpecPlugins(context.registry, spec && context.path(spec));
  const step = context.progress.step(`Reading ${names[0]!}`);
  const named = { dataset: names[0]!, entity: bundle.manifest.entity };
  const loaded = await loadExperimentData(named, context.registry, {
    data: context.paths(data),
    signal: context.io.signal,
    onProgress: step.update,
  });
  step.done(
    [
      `${loaded.log.rows} interactions of ${loaded.tasks.taskIds.length} entities`,
      describeMalformed(loaded.log.report.malformed),
    ]
      .filter(Boolean)
      .join(' · '),
  );
  return loaded;
}
