import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFixture, metricOf, startServer, type Fixture } from './server.test-support.js';

const HAS_REDIS = ['redis-server', 'redis-cli'].every(
  (name) => spawnSync(name, ['--version']).status === 0,
);

let fixture: Fixture;
let redis: ChildProcess;
let port: number;

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port: free } = probe.address() as AddressInfo;
  probe.close();
  return free;
}

function command(...words: readonly string[]): string {
  return execFileSync('redis-cli', ['-p', String(port), ...words], { encoding: 'utf8' });
}

beforeAll(async () => {
  if (!HAS_REDIS) return;
  fixture = await createFixture();
  port = await freePort();
  redis = spawn('redis-server', ['--port', String(port), '--save', ''], { stdio: 'pipe' });
  for await (const text of redis.stdout!) if (String(text).includes('Ready to accept')) break;
}, 60_000);

afterAll(async () => {
  if (!HAS_REDIS) return;
  redis.kill();
  await fixture.remove();
});

describe('a Redis Stream (skipped where no server is installed)', () => {
  it.skipIf(!HAS_REDIS)(
    'is consumed by a group: each event once, what is none is skipped',
    async () => {
      const event = (id: string) =>
        JSON.stringify({ id, entity: 'streamed', candidate: 'job-1', label: 1, time: 5 });
      command('XADD', 'clicks', '*', 'event', event('a'));
      command('XADD', 'clicks', '*', 'event', 'no event');
      command('XADD', 'clicks', '*', 'other', 'field');
      const location = `redis://127.0.0.1:${port}`;
      const start = () =>
        startServer({
          bundle: fixture.path('bundles/one'),
          store: fixture.path('stores/one'),
          events: { location, stream: { location, key: 'clicks', consumer: 'test' } },
        });
      const first = await start();
      command('XADD', 'clicks', '*', 'event', event('b'));
      const seen = async () => (await first.ask('GET', '/v1/entities/member/streamed')).body;
      const expected = { stored: true, events: 2, pending: false };
      await expect.poll(seen, { timeout: 10_000 }).toMatchObject(expected);
      const { body } = await first.ask<string>('GET', '/metrics');
      expect(metricOf(body, 'limaml_refused_total', 'stream-entry')).toBe(2);
      await first.server.close();
      expect(command('XPENDING', 'clicks', 'limaml').trim().split('\n')[0]).toBe('0');

      // Read by a process that died before it acknowledged: it comes again.
      command('XADD', 'clicks', '*', 'event', event('c'));
      command('XREADGROUP', 'GROUP', 'limaml', 'test', 'STREAMS', 'clicks', '>');
      const second = await start();
      await expect
        .poll(async () => (await second.ask('GET', '/v1/entities/member/streamed')).body, {
          timeout: 10_000,
        })
        .toMatchObject({ events: 3, pending: false });
      await second.server.close();
    },
  );
});
