import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const CHECKSUM_BYTES = 32;

/**
 * Models in a folder, one file for each key. Whatever cannot be read, or is not as it was written, counts
 * as absent; whatever cannot be written stays absent: a cache never makes a compilation fail.
 */
export class ModelCache {
  readonly #folder: string;
  #written = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async read(key: string): Promise<Uint8Array | undefined> {
    const contents = await readFile(this.#path(key)).catch(() => undefined);
    if (contents === undefined) return undefined;
    const model = contents.subarray(CHECKSUM_BYTES);
    return checksum(key, model).equals(contents.subarray(0, CHECKSUM_BYTES)) ? model : undefined;
  }

  /** A file appears as a whole: processes may share the folder. */
  async write(key: string, model: Uint8Array): Promise<void> {
    await this.withTemporary(key, async (temporary) => {
      await writeFile(temporary, Buffer.concat([checksum(key, model), model]), { mode: 0o600 });
      await rename(temporary, this.#path(key));
    }).catch(() => undefined);
  }

  /** Does something with the name of a file in the folder, which is removed afterwards. */
  async withTemporary<T>(key: string, work: (path: string) => Promise<T>): Promise<T> {
    const temporary = `${this.#path(key)}.${process.pid}.${this.#written++}.tmp`;
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      return await work(temporary);
    } finally {
      await rm(temporary, { force: true }).catch(() => undefined);
    }
  }

  /** @param key hexadecimal digits, so that it leads nowhere else */
  #path(key: string): string {
    return join(this.#folder, `${key}.model`);
  }
}

/** The key belongs to it: a file under another name is not taken for this one. */
function checksum(key: string, model: Uint8Array): Buffer {
  return createHash('sha256').update(key).update(model).digest();
}
