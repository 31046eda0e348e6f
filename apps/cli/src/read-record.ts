import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { recordCorrupt } from './errors.js';

/**
 * The value of a JSON file in an output folder, or undefined where there is none.
 *
 * @param fix what to do when the file is damaged
 * @throws LIMAML_ERR_CLI_RECORD_CORRUPT when it cannot be read, or holds something else
 */
export async function readRecord<Value>(
  file: string,
  schema: z.ZodType<Value>,
  fix: string,
): Promise<Value | undefined> {
  try {
    return schema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw recordCorrupt(file, oneLine(error), fix, error);
  }
}

function isAbsence(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');
}

function oneLine(error: unknown): string {
  const text = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message;
  return text.replaceAll(/\s*\n\s*/g, ' ');
}
