import type { Catalogue, CatalogueChange, StoredCatalogue } from '../catalogue.js';
import { completeCatalogue, EMPTY_CATALOGUE } from '../catalogue.js';
import { serverFailed } from '../errors.js';
import type { Connection } from './connection.js';
import { catalogueKey, counterKey, markerKey, type Layout } from './layout.js';

/** A catalogue on a server, with the dropped versions whose vectors are not deleted yet. */
export interface SweptCatalogue extends Catalogue {
  readonly garbage: readonly number[];
}

const EMPTY: SweptCatalogue = { ...EMPTY_CATALOGUE, garbage: [] };

/** Replaces a value if it is still what was read: `''` stands for none. Returns 1 where it was. */
const REPLACE =
  "if (redis.call('GET', KEYS[1]) or '') == ARGV[1] then redis.call('SET', KEYS[1], ARGV[2]) return 1 end return 0";

/** Another process may change a catalogue as often in a row before an update gives up. */
const ATTEMPTS = 100;

/** Catalogues of entity types on a server. */
export class CatalogueStore {
  readonly #connection: Connection;
  readonly #layout: Layout;

  constructor(connection: Connection, layout: Layout) {
    this.#connection = connection;
    this.#layout = layout;
  }

  async read(entity: string): Promise<SweptCatalogue> {
    return parse(await this.#readText(entity));
  }

  /** A number that was never given before. */
  nextVersion(): Promise<number> {
    const key = counterKey(this.#layout);
    return this.#connection.send(key, ['INCR', key]);
  }

  /**
   * Changes a catalogue; versions that the change drops become garbage.
   *
   * @param change sees what is there, and is asked again when another process was faster
   * @returns the catalogue after the change
   */
  update(
    entity: string,
    change: (catalogue: Catalogue) => CatalogueChange,
  ): Promise<SweptCatalogue> {
    return this.#replace(entity, ({ garbage, ...before }) => {
      const { catalogue, dropped } = change(before);
      return { ...catalogue, garbage: [...garbage, ...dropped] };
    });
  }

  async readMarker(version: number): Promise<string | undefined> {
    const key = markerKey(this.#layout, version);
    return (await this.#connection.send<Buffer | null>(key, ['GET', key]))?.toString();
  }

  async setMarker(version: number, marker: string): Promise<void> {
    const key = markerKey(this.#layout, version);
    await this.#connection.send(key, ['SET', key, marker]);
  }

  async forgetMarker(version: number): Promise<void> {
    const key = markerKey(this.#layout, version);
    await this.#connection.send(key, ['UNLINK', key]);
  }

  /** Takes versions, whose vectors are deleted, off the list of garbage. */
  async forget(entity: string, deleted: readonly number[]): Promise<void> {
    await this.#replace(entity, (before) => ({
      ...before,
      garbage: before.garbage.filter((version) => !deleted.includes(version)),
    }));
  }

  /** Compare and set, until nobody else has changed it in between. */
  async #replace(
    entity: string,
    make: (before: SweptCatalogue) => SweptCatalogue,
  ): Promise<SweptCatalogue> {
    const key = catalogueKey(this.#layout, entity);
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const text = await this.#readText(entity);
      const after = make(parse(text));
      const command = ['EVAL', REPLACE, '1', key, text, JSON.stringify(after)];
      if ((await this.#connection.send<number>(key, command)) === 1) return after;
    }
    throw serverFailed(this.#connection.location, new Error(`"${key}" changes all the time`));
  }

  async #readText(entity: string): Promise<string> {
    const key = catalogueKey(this.#layout, entity);
    const found = await this.#connection.send<Buffer | null>(key, ['GET', key]);
    return found?.toString() ?? '';
  }
}

function parse(text: string): SweptCatalogue {
  if (text === '') return EMPTY;
  const { garbage, ...stored } = JSON.parse(text) as StoredCatalogue & { garbage: number[] };
  return { ...completeCatalogue(stored), garbage };
}
