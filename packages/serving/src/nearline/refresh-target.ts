import type { FeatureRecord } from '@limaml/data';
import type { MetaEmbeddingStore } from '@limaml/plugin';
import type { EventWindow } from '@limaml/store';
import { adaptEntities, createAdapting, type AdaptRequest } from '../adapt-entity.js';
import type { Bundle } from '../open-bundle.js';
import type { SupportEvent } from '../support-event.js';

/** An entity and its newest events. */
export interface RefreshRequest {
  readonly entity: string;
  readonly window: EventWindow;
}

/** A bundle that adapts, and the store that its embeddings go to. */
export interface RefreshTarget {
  /** Events that its support sets hold. */
  readonly support: number;
  /**
   * Adapts entities and stores their embeddings.
   * @returns how many got none, because it was not finite
   */
  refresh(requests: readonly RefreshRequest[]): Promise<number>;
  /** Deletes an entity from the store; gives in how many versions it was. */
  forget(entity: string): Promise<number>;
}

/**
 * Makes a target of a bundle and its store. The body of an event is a {@link SupportEvent}.
 *
 * @example
 * ```ts
 * const target = createRefreshTarget({ bundle, store });
 * ```
 */
export function createRefreshTarget({
  bundle,
  store,
}: {
  readonly bundle: Bundle;
  readonly store: MetaEmbeddingStore;
}): RefreshTarget {
  const { entity, fingerprint, embedding, support } = bundle.manifest;
  const adapting = createAdapting(bundle, store);
  return {
    support: support.maxSize,
    async refresh(requests) {
      const adapted = await adaptEntities(adapting, requests.map(adaptRequestOf));
      const finite = [...adapted.keys()].filter((at) => adapted[at]!.every(Number.isFinite));
      if (finite.length === 0) return requests.length;
      const vectors = new Float32Array(finite.length * embedding.dim);
      finite.forEach((at, row) => {
        vectors.set(adapted[at]!, row * embedding.dim);
      });
      const ids = finite.map((at) => requests[at]!.entity);
      await store.refresh(entity, fingerprint, ids, vectors);
      return requests.length - finite.length;
    },
    forget: (id) => store.delete(entity, id),
  };
}

function adaptRequestOf({ entity, window }: RefreshRequest): AdaptRequest {
  // What is in a log was checked when it was accepted.
  const events = window.events.map(({ body }) => body as unknown as SupportEvent);
  return { entity, profile: window.profile as FeatureRecord | undefined, events };
}
