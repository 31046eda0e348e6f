import type { MetaEmbeddingStore } from '@limaml/plugin';
import {
  createRefreshTarget,
  createScorer,
  openBundle,
  type BatchReport,
  type Bundle,
  type ModelRuntime,
  type RefreshTarget,
  type Scorer,
} from '@limaml/serving';
import type { Limits } from '../limits.js';
import type { BundleLibrary } from './bundle-library.js';
import type { OpenStores } from './open-stores.js';

/** An open bundle and the store of its embeddings: what a request is scored with. It never changes. */
export interface Generation {
  readonly name: string;
  readonly bundle: Bundle;
  readonly store: MetaEmbeddingStore;
  readonly scorer: Scorer;
  readonly target: RefreshTarget;
  dispose(): Promise<void>;
}

/** What generations are opened with. */
export interface GenerationSource {
  readonly library: BundleLibrary;
  readonly stores: OpenStores;
  readonly runtime: ModelRuntime;
  readonly limits: Limits;
  readonly maxDelayMs: number;
  readonly onBatch: (bundle: string, report: BatchReport) => void;
}

/**
 * Opens a bundle and its store.
 * @throws LIMAML_ERR_SERVER_BUNDLE_UNKNOWN, an error of `openBundle`, of the store, or
 *   LIMAML_ERR_SERVING_STORE_MISMATCH when another bundle made the stored embeddings
 */
export async function openGeneration(name: string, source: GenerationSource): Promise<Generation> {
  const { library, runtime, limits, stores, maxDelayMs } = source;
  const bundle = await openBundle(await library.folderOf(name), { runtime });
  const held = await disposing(stores.hold(name), () => bundle.dispose());
  const dispose = async (): Promise<void> => {
    await held.release();
    await bundle.dispose();
  };
  const onBatch = (report: BatchReport): void => {
    source.onBatch(name, report);
  };
  const options = { bundle, store: held.store, maxCandidates: limits.candidates };
  const scorer = await disposing(createScorer({ ...options, maxDelayMs, onBatch }), dispose);
  const { store } = held;
  return { name, bundle, store, scorer, target: createRefreshTarget({ bundle, store }), dispose };
}

/** Releases what is open already when the next step fails. */
async function disposing<Value>(
  step: Promise<Value>,
  dispose: () => Promise<void>,
): Promise<Value> {
  try {
    return await step;
  } catch (error) {
    await dispose();
    throw error;
  }
}
