import { bodyInvalid } from './errors.js';
import { FlatTable } from './flat-table.js';
import type { Limits } from './limits.js';

/** What the messages of a stream may be; between the two, a batch of a dictionary. */
const SCHEMA = 1;
const BATCH = 3;

/**
 * Checks the lengths that an Arrow stream claims, before a reader believes them: one of a few bytes may claim
 * any number of rows, fields or buffers. What is left cannot make a reader hold more than a multiple of the
 * bytes that came.
 *
 * @throws LIMAML_ERR_SERVER_BODY_INVALID for more rows than `limits.requests`, or lengths beyond the body
 * @throws RangeError for what is no stream
 */
export function checkArrowStream(bytes: Uint8Array, limits: Pick<Limits, 'requests'>): void {
  const claimed = { rows: 0, values: 0 };
  for (const { kind, header, body } of messagesOf(bytes)) {
    if (kind === SCHEMA) header.visitFields(1);
    else claim(claimed, kind === BATCH ? header : header.child(1), body);
    if (kind === BATCH) claimed.rows += header.long(0);
    if (claimed.rows > limits.requests)
      throw bodyInvalid('/requests', `must NOT have more than ${limits.requests} items`);
    // A value takes a bit or more, where it takes anything.
    if (claimed.values > bytes.length * 8) throw lengthInvalid('the columns');
  }
}

interface Message {
  readonly kind: number;
  readonly header: FlatTable;
  /** Bytes of its body. */
  readonly body: number;
}

function* messagesOf(bytes: Uint8Array): Generator<Message> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.length;) {
    // Streams of before Arrow 0.15 have no marker in front of the length.
    if (view.getInt32(at, true) === -1) at += 4;
    const size = view.getInt32(at, true);
    if (size === 0) return;
    const message = readMessage(sliceOf(view, at + 4, size));
    at += 4 + size + message.body;
    if (at > bytes.length) throw lengthInvalid('the body of a message');
    yield message;
  }
}

function sliceOf(view: DataView, from: number, size: number): DataView {
  return new DataView(view.buffer, view.byteOffset + from, size);
}

function readMessage(metadata: DataView): Message {
  const root = FlatTable.root(metadata);
  const kind = root.byte(1);
  const body = root.long(3);
  root.visitPairs(4);
  // A reader leaves the body of other messages unread, and would take it for messages.
  if (kind < SCHEMA || kind > BATCH || (kind === SCHEMA && body !== 0))
    throw new RangeError('no message of a stream');
  if (body < 0) throw lengthInvalid('the body of a message');
  return { kind, header: root.child(2), body };
}

/** Adds the values of a batch: its columns all at the length of the longest, as a reader evens them out. */
function claim(claimed: { values: number }, batch: FlatTable, body: number): void {
  if (batch.has(3)) throw bodyInvalid('/requests', 'must be uncompressed');
  if (batch.long(0) < 0) throw lengthInvalid('a batch');
  let longest = batch.long(0);
  const nodes = batch.pairs(1);
  for (const [length, nulls] of nodes) {
    if (length < 0 || nulls < 0 || nulls > length) throw lengthInvalid('a column');
    longest = Math.max(longest, length);
  }
  checkBuffers(batch, body);
  claimed.values += longest * nodes.length;
}

function checkBuffers(batch: FlatTable, body: number): void {
  const buffers = batch.pairs(2);
  for (const [offset, length] of buffers)
    if (offset < 0 || length < 0 || offset + length > body) throw lengthInvalid('a buffer');
  for (const count of batch.longs(4))
    if (count < 0 || count > buffers.length) throw lengthInvalid('a column');
}

function lengthInvalid(what: string): Error {
  return bodyInvalid('/requests', `the length of ${what} does not fit the bytes that came`);
}
