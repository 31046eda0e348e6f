import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

const BLOCK = 1 << 16;

/** Writes lines to a file. The stream waits for the disk, so that memory stays bounded. */
export async function writeLines(
  file: string,
  lines: Iterable<string>,
  signal?: AbortSignal,
): Promise<void> {
  await pipeline(Readable.from(joinLines(lines)), createWriteStream(file), { signal });
}

/**
 * Lines in blocks: a million small writes would take long. Asynchronous, because whoever makes the lines may
 * give up half-way through one, and a plain generator cannot be ended while it runs.
 */
async function* joinLines(lines: Iterable<string>): AsyncGenerator<string> {
  let block = '';
  for (const line of lines) {
    block += `${line}\n`;
    if (block.length < BLOCK) continue;
    yield block;
    block = '';
  }
  if (block !== '') yield block;
}
