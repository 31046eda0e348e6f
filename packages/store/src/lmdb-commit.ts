import { isLimamlError } from '@limaml/errors';
import type { RootDatabase } from 'lmdb';
import { writeFailed } from './errors.js';

/** Of a commit that fails (a full disk) LMDB may tell nobody: longer than this none takes. */
const COMMIT_TIMEOUT_MS = 10_000;

/**
 * Runs `action` in a transaction that a thread commits and flushes, together with others that wait at that
 * time; the event loop goes on meanwhile. What is thrown does not undo what was written before: throw first.
 *
 * @throws LIMAML_ERR_STORE_WRITE_FAILED, or the coded error that `action` throws
 */
export async function commitInBackground<Result>(
  root: RootDatabase,
  folder: string,
  action: () => Result,
): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const seconds = COMMIT_TIMEOUT_MS / 1000;
      reject(writeFailed(folder, new Error(`the disk has not taken it for ${seconds} s`)));
    }, COMMIT_TIMEOUT_MS);
  });
  try {
    return await Promise.race([root.transaction(action), timeout]);
  } catch (error) {
    throw isLimamlError(error) ? error : writeFailed(folder, error);
  } finally {
    clearTimeout(timer);
  }
}
