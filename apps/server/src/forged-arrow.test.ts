import { Field, List, Table, Utf8, tableToIPC, vectorFromArray } from 'apache-arrow';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createFixture,
  startServer,
  type ErrorAnswer,
  type Fixture,
  type RunningServer,
} from './server.test-support.js';

const ARROW = 'application/vnd.apache.arrow.stream';
const MANY = 200_000_000;
const MEBIBYTE = 1024 * 1024;

let fixture: Fixture;
let running: RunningServer;

beforeAll(async () => {
  fixture = await createFixture();
  running = await startServer({
    bundle: fixture.path('bundles/one'),
    store: fixture.path('stores/one'),
  });
}, 60_000);

afterAll(async () => {
  await running.server.close();
  await fixture.remove();
});

function stream(): Buffer {
  const lists = [['job-1', 'job-2'], ['job-3']];
  const table = new Table({
    entity: vectorFromArray(['member-1', 'nobody'], new Utf8()),
    candidates: vectorFromArray(lists, new List(new Field('item', new Utf8()))),
  });
  return Buffer.from(tableToIPC(table, 'stream'));
}

async function send(body: Buffer) {
  const response = await fetch(new URL('/v1/score', running.url), {
    method: 'POST',
    headers: { 'content-type': ARROW, accept: 'application/json' },
    body: Uint8Array.from(body),
    signal: AbortSignal.timeout(5_000),
  });
  const { error } = (await response.json()) as Partial<ErrorAnswer>;
  return { status: response.status, code: error?.code };
}

/** The stream with one number in the place of another, once for each place. */
function* forgeries(write: (bytes: Buffer, at: number) => void, step: number): Generator<Buffer> {
  const original = stream();
  for (let at = 0; at + 8 <= original.length; at += step) {
    const forged = Buffer.from(original);
    write(forged, at);
    yield forged;
  }
}

const long = (value: number) => (bytes: Buffer, at: number) =>
  void bytes.writeBigInt64LE(BigInt(value), at);
const int = (value: number) => (bytes: Buffer, at: number) => void bytes.writeInt32LE(value, at);

describe('a forged length in an Arrow stream', () => {
  it('is refused where it is the number of rows', async () => {
    const refused = [];
    for (const forged of forgeries(long(MANY), 8)) {
      const { status, code } = await send(forged);
      if (code === 'LIMAML_ERR_SERVER_BODY_INVALID') refused.push(status);
    }
    // The rows of the batch, the values of its three columns, and buffers.
    expect(refused.length).toBeGreaterThan(4);
    expect(new Set(refused)).toEqual(new Set([400]));
  });

  it.each([
    ['a long of many', long(MANY), 8],
    ['a long below nothing', long(-MANY), 8],
    ['an integer of many', int(MANY), 4],
    ['an integer of thousands', int(30_000), 4],
    ['an integer below nothing', int(-2), 4],
    ['nothing', long(0), 1],
  ])(
    '%s in any place costs neither memory nor time',
    { timeout: 60_000 },
    async (_, write, step) => {
      const before = process.memoryUsage().rss;
      for (const forged of forgeries(write, step))
        expect([200, 400]).toContain((await send(forged)).status);
      expect(process.memoryUsage().rss - before).toBeLessThan(256 * MEBIBYTE);
    },
  );

  it('leaves the server answering', async () => {
    expect(await send(stream())).toMatchObject({ status: 200 });
  });
});
