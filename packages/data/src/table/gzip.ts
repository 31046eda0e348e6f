import { createReadStream } from 'node:fs';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

/**
 * Unpacks a gzip file to its end, which checks length and checksum of every member. DuckDB looks at
 * neither: to it, a file that was cut off just ends.
 *
 * @throws the error of zlib
 */
export async function assertGzipWhole(file: string, signal?: AbortSignal): Promise<void> {
  const nowhere = new Writable({
    write: (_chunk, _encoding, done) => {
      done();
    },
  });
  await pipeline(createReadStream(file), createGunzip(), nowhere, { signal });
}
