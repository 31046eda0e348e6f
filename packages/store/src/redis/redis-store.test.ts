import { defineStore, type StorePlugin } from '@limaml/plugin';
import { testStorePlugin } from '@limaml/plugin/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { redisStore, type RedisStoreOptions } from '../index.js';
import {
  command,
  PROGRAM,
  startCluster,
  startServer,
  type TestServer,
} from './redis-server.test-support.js';

const WHY = PROGRAM ? '' : ' (skipped: neither redis-server nor valkey-server is installed)';
const version = { entity: 'member', bundle: 'b', dim: 2 };

/** Stores of one server, whose locations are prefixes of keys: the suite takes a location per check. */
function byPrefix(url: string, options: RedisStoreOptions): StorePlugin {
  return defineStore({
    name: 'redis',
    open: (prefix, open) => redisStore({ ...options, prefix }).open(url, open),
  });
}

describe.skipIf(!PROGRAM)(`redisStore on a real server${WHY}`, () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.close());

  it('passes the conformance suite', async () => {
    const report = await testStorePlugin(byPrefix(server.url, { shards: 16 }));
    expect(report.checks.length).toBeGreaterThanOrEqual(26);
  });

  it('leaves nothing of dropped versions on the server', async () => {
    const store = await redisStore({ prefix: 'sweep', shards: 4, keepVersions: 1 }).open(
      server.url,
    );
    for (let round = 0; round < 3; round++) {
      const writer = await store.begin(version);
      await writer.put(['a', 'b', 'c'], new Float32Array(6));
      await writer.publish();
    }
    const abandoned = await store.begin(version);
    await abandoned.put(['a'], new Float32Array(2));
    await (await store.begin(version)).abort();
    const { version: current } = (await store.current('member'))!;
    const keys = (await command(server.url, 'KEYS', 'sweep:{*')) as string[];
    expect(keys.every((key) => key.endsWith(`:${current}`))).toBe(true);
    await store.close();
  });

  it('reads many ids of many shards in their places', async () => {
    const store = await redisStore({ prefix: 'many' }).open(server.url);
    const ids = Array.from({ length: 10_000 }, (_, at) => `m${at}`);
    const writer = await store.begin(version);
    await writer.put(
      ids,
      Float32Array.from({ length: 20_000 }, (_, at) => (at % 2 ? -1 : 1) * (at >> 1)),
    );
    await writer.publish();
    const into = new Float32Array(3 * 2).fill(7);
    expect(await store.get('member', ['m9999', 'stranger', 'm3'], into)).toEqual([
      true,
      false,
      true,
    ]);
    expect([...into]).toEqual([9999, -9999, 7, 7, 3, -3]);
    await store.close();
  });

  it('lets the server drop vectors when their time is up', async () => {
    const store = await redisStore({ prefix: 'ttl', ttlSeconds: 100, shards: 1 }).open(server.url);
    const writer = await store.begin(version);
    await writer.put(['a'], new Float32Array(2));
    const { version: number } = await writer.publish();
    const left = Number(await command(server.url, 'TTL', `ttl:{0}:${number}`));
    expect(left).toBeGreaterThan(90);
    expect(left).toBeLessThanOrEqual(100);
    await store.close();
  });

  it('refuses a prefix that holds something else, and other shards than it was made with', async () => {
    await command(server.url, 'SET', 'other:format', 'something');
    const other = redisStore({ prefix: 'other' }).open(server.url);
    await expect(other).rejects.toMatchObject({ code: 'LIMAML_ERR_STORE_FOREIGN' });
    await (await redisStore({ prefix: 'sized', shards: 8 }).open(server.url)).close();
    const sized = redisStore({ prefix: 'sized', shards: 9 }).open(server.url);
    await expect(sized).rejects.toMatchObject({ code: 'LIMAML_ERR_STORE_FOREIGN' });
  });
});

describe.skipIf(!PROGRAM)(`redisStore on a cluster${WHY}`, () => {
  it('passes the conformance suite: no command touches two slots', async () => {
    const cluster = await startCluster(3);
    await testStorePlugin(byPrefix(cluster.url, { shards: 16, cluster: true }));
    await cluster.close();
  });
});

describe.skipIf(!PROGRAM)(`redisStore and a server that fails${WHY}`, () => {
  it('keeps what was published when the server is killed, and goes on when it is back', async () => {
    const server = await startServer();
    const store = await redisStore({ shards: 4 }).open(server.url);
    const writer = await store.begin(version);
    await writer.put(['a'], Float32Array.of(1, 2));
    await writer.publish();
    const half = await store.begin(version);
    await half.put(['a'], Float32Array.of(3, 4));
    await server.kill();
    const lost = store.get('member', ['a'], new Float32Array(2));
    await expect(lost).rejects.toMatchObject({ code: 'LIMAML_ERR_STORE_SERVER_FAILED' });
    await server.start();
    const into = new Float32Array(2);
    await expect.poll(() => store.get('member', ['a'], into).catch(() => [])).toEqual([true]);
    expect([...into]).toEqual([1, 2]);
    await store.close();
    await server.close();
  });

  it('says that the password is wrong, without repeating it', async () => {
    const server = await startServer('--requirepass', 'right');
    const open = redisStore().open(server.url.replace('//', '//user:wrong-secret@'));
    await expect(open).rejects.toMatchObject({ code: 'LIMAML_ERR_STORE_SERVER_FAILED' });
    await expect(open).rejects.not.toThrow(/wrong-secret/);
    await server.close();
  });
});

describe('redisStore without a server', () => {
  it('says that nobody answers', async () => {
    const open = redisStore().open('redis://127.0.0.1:1');
    await expect(open).rejects.toMatchObject({ code: 'LIMAML_ERR_STORE_SERVER_FAILED' });
  });

  it.each([
    ['an address that is none', {}, 'localhost'],
    ['no shards', { shards: 0 }, 'redis://localhost'],
    ['a prefix with braces', { prefix: '{a}' }, 'redis://localhost'],
    ['a negative time', { ttlSeconds: -1 }, 'redis://localhost'],
  ])('refuses %s', async (_, options, location) => {
    const open = async () => redisStore(options).open(location);
    await expect(open()).rejects.toMatchObject({ code: 'LIMAML_ERR_STORE_OPTION_INVALID' });
  });
});
