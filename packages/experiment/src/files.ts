import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileUnreadable, fileUnwritable, recordCorrupt } from './errors.js';

/**
 * Replaces a file in one step: it is written under a temporary name, flushed and renamed, so that an
 * older one survives a full disk or a crash half-way. Makes the folder when it is missing.
 *
 * @throws LIMAML_ERR_EXPERIMENT_FILE_UNWRITABLE
 */
export async function writeFileWhole(path: string, contents: string | Uint8Array): Promise<void> {
  const temporary = `${path}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(temporary, contents, { flush: true });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw fileUnwritable(path, error);
  }
}

/** Replaces a file by the JSON of a value. */
export function writeJson(path: string, value: unknown): Promise<void> {
  return writeFileWhole(path, `${JSON.stringify(value, undefined, 2)}\n`);
}

/**
 * The bytes of a file, or undefined when there is none.
 *
 * @throws LIMAML_ERR_EXPERIMENT_FILE_UNREADABLE when it is a folder, or may not be read
 */
export async function readFileIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw fileUnreadable(path, error);
  }
}

/**
 * The value of a JSON file, or undefined when there is none.
 *
 * @throws LIMAML_ERR_EXPERIMENT_RECORD_CORRUPT when it is not JSON or not what `check` expects
 * @throws LIMAML_ERR_EXPERIMENT_FILE_UNREADABLE
 */
export async function readJson<Value>(
  path: string,
  check: (value: unknown) => Value,
): Promise<Value | undefined> {
  const bytes = await readFileIfThere(path);
  if (bytes === undefined) return undefined;
  try {
    return check(JSON.parse(bytes.toString('utf8')));
  } catch (error) {
    throw recordCorrupt(path, error);
  }
}
