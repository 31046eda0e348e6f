import { defineStore, type MetaEmbeddingStore } from '@limaml/plugin';
import { lmdbStore } from '@limaml/store';
import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createFixture,
  metricOf,
  startServer,
  type ErrorAnswer,
  type Fixture,
  type RunningServer,
} from './server.test-support.js';

const TIMEOUT_MS = 400;

let fixture: Fixture;
let running: RunningServer;
let late = 0;

/** A store on a disk that takes its time when it is asked for this member. */
const slowStore = defineStore({
  name: 'slow',
  async open(location, options) {
    const store = await lmdbStore().open(location, options);
    const get: MetaEmbeddingStore['get'] = async (entity, ids, into) => {
      if (ids.includes('slow-member')) await sleep(3 * TIMEOUT_MS);
      late += ids.includes('slow-member') ? 1 : 0;
      return store.get(entity, ids, into);
    };
    return new Proxy(store, {
      get: (of, name) => {
        if (name === 'get') return get;
        const value: unknown = Reflect.get(of, name, of);
        return typeof value === 'function' ? (value.bind(of) as unknown) : value;
      },
    });
  },
});

beforeAll(async () => {
  fixture = await createFixture();
  running = await startServer({
    bundle: fixture.path('bundles/one'),
    store: fixture.path('stores/one'),
    storePlugin: slowStore,
    limits: { timeoutMs: TIMEOUT_MS },
  });
}, 60_000);

afterAll(async () => {
  await running.server.close();
  await fixture.remove();
});

const bodyFor = (entity: string) => ({ requests: [{ entity, candidates: ['job-1'] }] });

describe('a request that takes too long', () => {
  it('is answered with 503, once, and others are served meanwhile', async () => {
    const slow = running.ask<ErrorAnswer>('POST', '/v1/score', bodyFor('slow-member'));
    await sleep(TIMEOUT_MS / 4);
    const quick = await running.ask('POST', '/v1/score', bodyFor('member-1'));
    expect(quick.status).toBe(200);
    const { status, headers, body } = await slow;
    expect(status).toBe(503);
    expect(headers.get('retry-after')).toBe('1');
    expect(body.error.code).toBe('LIMAML_ERR_SERVER_TIMEOUT');
    // What it waited for arrives in the end, and disturbs nobody.
    await expect.poll(() => late, { timeout: 10 * TIMEOUT_MS }).toBe(1);
    expect((await running.ask('POST', '/v1/score', bodyFor('member-1'))).status).toBe(200);
    const { body: metrics } = await running.ask<string>('GET', '/metrics');
    expect(metricOf(metrics, 'limaml_request_duration_seconds_count', 'status="503"')).toBe(1);
  });

  it('is ended when its body does not come', async () => {
    const { hostname, port } = new URL(running.url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    const head = 'POST /v1/score HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n';
    socket.write(`${head}content-length: 1000\r\n\r\n{"requests":`);
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 503 /);
  });
});
