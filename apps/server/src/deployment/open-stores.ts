import type { MetaEmbeddingStore, StorePlugin } from '@limaml/plugin';
import { lmdbStore, redisStore } from '@limaml/store';
import { resolve } from 'node:path';

const REDIS_ADDRESS = /^rediss?:\/\//;
const PLACE_OF_BUNDLE = '{bundle}';

/** Where the embeddings are. */
export interface StoreOptions {
  /** Folder (LMDB) or `redis://` address. `{bundle}` stands for the name of the bundle. */
  readonly location: string;
  /** Begins every key on a Redis server; `{bundle}` stands for the name of the bundle. Default `limaml`. */
  readonly prefix?: string;
  /** Opens stores of another kind. Default: what the location says. */
  readonly plugin?: StorePlugin;
}

/** A store that is open, for all who hold it. */
export interface HeldStore {
  readonly store: MetaEmbeddingStore;
  /** The last one to let go closes it. */
  release(): Promise<void>;
}

/** Opens the store of a bundle, once for all bundles that share it. */
export class OpenStores {
  readonly #options: StoreOptions;
  readonly #open = new Map<
    string,
    { readonly store: Promise<MetaEmbeddingStore>; holders: number }
  >();

  constructor(options: StoreOptions) {
    this.#options = options;
  }

  async hold(bundle: string): Promise<HeldStore> {
    const key = this.#keyOf(bundle);
    const entry = this.#open.get(key) ?? { store: this.#openStore(bundle), holders: 0 };
    entry.holders++;
    this.#open.set(key, entry);
    const release = async (): Promise<void> => {
      if (--entry.holders > 0) return;
      this.#open.delete(key);
      await (await entry.store).close();
    };
    try {
      return { store: await entry.store, release };
    } catch (error) {
      this.#open.delete(key);
      throw error;
    }
  }

  #keyOf(bundle: string): string {
    const { location, prefix = '' } = this.#options;
    return `${prefix} ${location}`.replaceAll(PLACE_OF_BUNDLE, bundle);
  }

  #openStore(bundle: string): Promise<MetaEmbeddingStore> {
    const { plugin, prefix } = this.#options;
    const location = this.#options.location.replaceAll(PLACE_OF_BUNDLE, bundle);
    if (plugin !== undefined) return plugin.open(location);
    if (!REDIS_ADDRESS.test(location)) return lmdbStore().open(resolve(location));
    const named = prefix?.replaceAll(PLACE_OF_BUNDLE, bundle);
    return redisStore(named === undefined ? {} : { prefix: named }).open(location);
  }
}
