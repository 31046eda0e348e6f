import { createOrtExecutor } from '@limaml/backend-ort';
import type { MetaEmbeddingStore } from '@limaml/plugin';
import {
  createScorer,
  generateEmbeddings,
  openBundle,
  type Bundle,
  type Scorer,
  type SupportEvent,
} from '@limaml/serving';
import { lmdbStore, memoryStore } from '@limaml/store';
import { join } from 'node:path';
import { exportMarketplace, type Marketplace, simulateMarketplace } from '../marketplace.ts';

/** Bundles that are swapped: one marketplace, other weights. */
export const BUNDLES = ['first', 'second'] as const;

export type BundleName = (typeof BUNDLES)[number];

/** Scores that must come out, by bundle. */
export type Expected = Readonly<Record<BundleName, Float32Array>>;

/** Computes in this process what the server must answer. */
export interface Reference {
  readonly market: Marketplace;
  /** Scores from what generation stored. */
  score(entity: string, candidates: readonly string[]): Promise<Expected>;
  /** Scores of an entity that has nothing but these events. */
  scoreAfter(
    entity: string,
    events: readonly SupportEvent[],
    candidates: readonly string[],
  ): Promise<Expected>;
  close(): Promise<void>;
}

/** Exports both bundles to `bundles/` and generates `stores/`, as the server takes them. */
export async function openReference(folder: string): Promise<Reference> {
  const runtime = await createOrtExecutor();
  const opened: { name: BundleName; bundle: Bundle; scorer: Scorer }[] = [];
  let market: Marketplace | undefined;
  for (const [at, name] of BUNDLES.entries()) {
    market = await simulateMarketplace(at + 1);
    const path = join(folder, 'bundles', name);
    await exportMarketplace(market, path);
    const bundle = await openBundle(path, { runtime });
    await fillStore(market, bundle, await lmdbStore().open(join(folder, 'stores', name)));
    const store = await memoryStore().open(name);
    await generateEmbeddings({ bundle, log: market.log, tasks: market.tasks, store });
    opened.push({ name, bundle, scorer: await createScorer({ bundle, store }) });
  }
  const each = async (score: (scorer: Scorer) => Promise<Float32Array>): Promise<Expected> => {
    const scores = opened.map(async ({ name, scorer }) => [name, await score(scorer)] as const);
    return Object.fromEntries(await Promise.all(scores)) as unknown as Expected;
  };
  return {
    market: market!,
    score: (entity, candidates) => each((scorer) => scoresOf(scorer, entity, candidates)),
    scoreAfter: (entity, events, candidates) =>
      each(async (scorer) => {
        if (events.length > 0) await scorer.refresh({ entity, events });
        return scoresOf(scorer, entity, candidates);
      }),
    async close() {
      for (const { bundle } of opened) await bundle.dispose();
      await runtime.dispose();
    },
  };
}

async function fillStore(
  { log, tasks }: Marketplace,
  bundle: Bundle,
  store: MetaEmbeddingStore,
): Promise<void> {
  await generateEmbeddings({ bundle, log, tasks, store });
  await store.close();
}

async function scoresOf(
  scorer: Scorer,
  entity: string,
  candidates: readonly string[],
): Promise<Float32Array> {
  const { probabilities } = await scorer.score({ entity, candidates });
  // The scorer's own buffers are used again.
  return probabilities.slice();
}
