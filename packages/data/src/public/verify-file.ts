import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { fileMissing } from '../errors.js';
import { isAbort } from '../is-abort.js';
import { checksumWrong } from './errors.js';
import type { Checksums } from './public-datasets.js';

/** What a file should be. */
export interface Published {
  readonly bytes?: number;
  readonly checksums?: Checksums;
}

/**
 * Compares size and checksums of a file with the published ones.
 * @throws LIMAML_ERR_DATA_CHECKSUM, LIMAML_ERR_DATA_FILE_MISSING
 */
export async function verifyFile(
  file: string,
  { bytes, checksums = {} }: Published,
  signal?: AbortSignal,
): Promise<void> {
  try {
    const { size } = await stat(file);
    if (bytes !== undefined && size !== bytes) {
      throw checksumWrong(file, `${size} bytes`, `${bytes} bytes`);
    }
    for (const [algorithm, expected] of Object.entries(checksums)) {
      const found = await digestOf(file, algorithm, signal);
      if (found !== expected)
        throw checksumWrong(file, `${algorithm} ${found}`, `${algorithm} ${expected}`);
    }
  } catch (cause) {
    throw isSystemError(cause) && !isAbort(cause) ? fileMissing(file, cause) : cause;
  }
}

async function digestOf(file: string, algorithm: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash(algorithm);
  await pipeline(createReadStream(file), hash, { signal });
  return hash.digest('hex');
}

function isSystemError(cause: unknown): boolean {
  return cause instanceof Error && 'syscall' in cause;
}
