import { createWriteStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { writeFailed } from '../errors.js';
import { isAbort } from '../is-abort.js';
import { downloadFailed } from './errors.js';

/** What {@link fetchFile} fetches. */
export interface FetchRequest {
  readonly url: string;
  /** Size of the file: more is refused, less is an error. */
  readonly bytes: number;
  /** Told the bytes that are there, those of an earlier try included. */
  readonly onBytes?: ((done: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Streams a file to disk. What an earlier try left there is gone on with where the server can do that, and begun
 * again where not; what is there when this try stops stays for the next one.
 *
 * @throws LIMAML_ERR_DATA_DOWNLOAD, LIMAML_ERR_DATA_WRITE
 */
export async function fetchFile(file: string, request: FetchRequest): Promise<void> {
  const { url, bytes, onBytes, signal } = request;
  const before = await usableBytes(file, bytes);
  if (before === bytes) return;
  const response = await openUrl(url, before, signal);
  const start = isContinued(response, before) ? before : 0;
  const counted = countBytes(request, start);
  onBytes?.(start);
  try {
    const body = Readable.fromWeb(response.body as ReadableStream<Uint8Array>);
    const target = createWriteStream(file, { flags: start > 0 ? 'a' : 'w' });
    await pipeline(body, counted, target, { signal });
  } catch (cause) {
    throw asDownloadError(url, file, cause, signal);
  }
  const { size } = await stat(file);
  if (size < bytes)
    throw downloadFailed(url, `the connection ended after ${size} of ${bytes} bytes`);
}

/** Bytes of an earlier try; one that is too long is of no use. */
async function usableBytes(file: string, bytes: number): Promise<number> {
  const { size } = await stat(file).catch(() => ({ size: 0 }));
  if (size <= bytes) return size;
  await rm(file);
  return 0;
}

async function openUrl(
  url: string,
  from: number,
  signal: AbortSignal | undefined,
): Promise<Response> {
  const headers: Record<string, string> = from > 0 ? { range: `bytes=${from}-` } : {};
  const response = await fetch(url, { headers, ...(signal && { signal }) }).catch(
    (cause: unknown) => {
      throw asDownloadError(url, '', cause, signal);
    },
  );
  if (response.ok && response.body !== null) return response;
  await response.body?.cancel();
  throw downloadFailed(url, `the server answered ${response.status} ${response.statusText}`.trim());
}

/** Whether the answer is the rest that was asked for; else it is the whole file. */
function isContinued(response: Response, before: number): boolean {
  const range = response.headers.get('content-range') ?? '';
  return response.status === 206 && range.startsWith(`bytes ${before}-`);
}

function countBytes({ url, bytes, onBytes }: FetchRequest, start: number): Transform {
  let done = start;
  return new Transform({
    transform(chunk: Uint8Array, _encoding, pass) {
      done += chunk.byteLength;
      if (done > bytes) {
        pass(downloadFailed(url, `the server sends more than the ${bytes} bytes of the file`));
        return;
      }
      onBytes?.(done);
      pass(null, chunk);
    },
  });
}

function asDownloadError(
  url: string,
  file: string,
  cause: unknown,
  signal: AbortSignal | undefined,
): unknown {
  if (signal?.aborted || isAbort(cause)) return cause;
  const { code, syscall, path } = cause as NodeJS.ErrnoException;
  if (String(code).startsWith('LIMAML_ERR')) return cause;
  if (syscall !== undefined && (path === file || code === 'ENOSPC'))
    return writeFailed(file, cause);
  return downloadFailed(url, reasonOf(cause), cause);
}

/** What `fetch` says is "fetch failed"; why stands in its cause. */
function reasonOf(cause: unknown): string {
  const { message, cause: inner } = cause as Error;
  return inner instanceof Error && inner.message !== '' ? `${message}: ${inner.message}` : message;
}
