import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { strToU8, zipSync } from 'fflate';
import type { Zippable } from 'fflate';
import type { PublicDataset } from '../index.js';

/** A zip file of the given texts, by path. */
export function archiveOf(files: Readonly<Record<string, string | Zippable[string]>>): Buffer {
  const entries = Object.entries(files).map(([name, content]) => [
    name,
    typeof content === 'string' ? strToU8(content) : content,
  ]);
  return Buffer.from(zipSync(Object.fromEntries(entries) as Zippable, { level: 0 }));
}

export function sha256(content: Buffer | string): string {
  return createHash('sha256').update(content).digest('hex');
}

/** A data set of one file, `ratings.txt`, published as this archive. */
export function publishedAs(archive: Buffer, rest: Partial<PublicDataset> = {}): PublicDataset {
  return {
    name: 'tiny',
    title: 'a tiny set',
    url: 'http://localhost:1/tiny.zip',
    bytes: archive.length,
    checksums: { sha256: sha256(archive) },
    folder: 'tiny',
    unpackedBytes: 1e6,
    files: [{ path: 'ratings.txt' }],
    licence: { summary: 'For tests.', url: 'http://localhost:1/licence' },
    citation: 'Nobody 2026.',
    ...rest,
  };
}

/** A publisher's server; each request is answered by the next answer, then by the last one again and again. */
export interface Publisher {
  readonly url: string;
  /** What the `range` header of each request said. */
  readonly ranges: readonly (string | undefined)[];
  close(): Promise<void>;
}

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

export async function publish(...answers: readonly Answer[]): Promise<Publisher> {
  const ranges: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    const answer = answers[Math.min(ranges.length, answers.length - 1)]!;
    ranges.push(request.headers.range);
    answer(request, response);
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/tiny.zip`,
    ranges,
    close: () =>
      new Promise((closed) => {
        server.close(() => {
          closed();
        });
        server.closeAllConnections();
      }),
  };
}

/** Sends a file whole, or the part that was asked for. */
export const sendFile =
  (content: Buffer): Answer =>
  ({ headers }, response) => {
    const from = Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0);
    const range = `bytes ${from}-${content.length - 1}/${content.length}`;
    response.writeHead(from > 0 ? 206 : 200, from > 0 ? { 'content-range': range } : {});
    response.end(content.subarray(from));
  };

/** Sends a file whole, whatever was asked for. */
export const sendWhole =
  (content: Buffer): Answer =>
  (_, response) => {
    response.writeHead(200);
    response.end(content);
  };

/** Sends the beginning of a file, and ends the connection when that is on the disk of whoever asked. */
export const breakOff =
  (content: Buffer, bytes: number, file: string): Answer =>
  (_, response) => {
    response.writeHead(200, { 'content-length': content.length });
    response.write(content.subarray(0, bytes));
    const look = setInterval(() => {
      if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) < bytes) return;
      clearInterval(look);
      response.destroy();
    }, 5);
  };

/** Sends the beginning of a file and then nothing more. */
export const fallSilent =
  (content: Buffer, bytes: number): Answer =>
  (_, response) => {
    response.writeHead(200, { 'content-length': content.length });
    response.write(content.subarray(0, bytes));
  };
