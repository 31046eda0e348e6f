import { appendFile, rm, truncate } from 'node:fs/promises';
import { deadLettersUnwritable } from './generation/errors.js';

/** An entity that got no vector, and why: one line of a dead-letter file. */
export interface DeadLetter {
  readonly entity: string;
  /** Code of the error. */
  readonly code: string;
  readonly reason: string;
  /** Rows of its support set. */
  readonly support: number;
}

/** Where the entities go that fail. */
export interface DeadLetters {
  /** @throws LIMAML_ERR_SERVING_DEAD_LETTERS */
  append(letters: readonly DeadLetter[]): Promise<void>;
  /** Bytes so far. */
  readonly bytes: number;
}

/**
 * Begins a dead-letter file, one JSON object per line. It is made with the first letter; one of an earlier job
 * is deleted.
 *
 * @param file undefined for none
 * @param bytes that are kept: those of an interrupted job, up to where it is resumed
 * @throws LIMAML_ERR_SERVING_DEAD_LETTERS
 */
export async function openDeadLetters(
  file: string | undefined,
  bytes: number,
): Promise<DeadLetters> {
  if (file === undefined) return { append: () => Promise.resolve(), bytes: 0 };
  await writing(file, bytes === 0 ? rm(file, { force: true }) : truncate(file, bytes));
  const letters = {
    bytes,
    async append(added: readonly DeadLetter[]) {
      if (added.length === 0) return;
      const text = added.map((letter) => `${JSON.stringify(letter)}\n`).join('');
      await writing(file, appendFile(file, text));
      letters.bytes += Buffer.byteLength(text);
    },
  };
  return letters;
}

async function writing(file: string, work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (cause) {
    throw deadLettersUnwritable(file, cause);
  }
}
