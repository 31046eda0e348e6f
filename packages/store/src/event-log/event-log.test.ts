import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolders } from '../folders.test-support.js';
import {
  command,
  PROGRAM,
  startCluster,
  startServer,
  type TestCluster,
  type TestServer,
} from '../redis/redis-server.test-support.js';
import type { EntityEvent, EventLog, EventLogOptions } from './event-log.js';
import { openEventLog } from './open-event-log.js';

const pathOf = temporaryFolders();
let server: TestServer;
let cluster: TestCluster;
let logs = 0;

beforeAll(async () => {
  if (!PROGRAM) return;
  server = await startServer('--appendfsync', 'no');
  cluster = await startCluster(3);
}, 60_000);
afterAll(async () => {
  if (!PROGRAM) return;
  await server.close();
  await cluster.close();
});

/** A log that was never used before, and a way to open it again. */
function places(kind: string): { open(options?: EventLogOptions): Promise<EventLog> } {
  const name = `log-${logs++}`;
  const locations: Record<string, () => string> = {
    lmdb: () => pathOf(name),
    redis: () => server.url,
    'a Redis cluster': () => cluster.url,
  };
  const location = locations[kind]!();
  const named = { prefix: name, cluster: kind === 'a Redis cluster' };
  return { open: (options) => openEventLog(location, { ...named, ...options }) };
}

function event(id: string, time: number, entity = 'ada'): EntityEvent {
  return { id, entity, time, body: { candidate: `job-${id}`, label: 1 } };
}

async function idsOf(log: EventLog, entity = 'ada', limit = 100): Promise<string[]> {
  return (await log.window(entity, limit)).events.map(({ id }) => id);
}

describe.each([
  { kind: 'lmdb', skipped: false },
  { kind: 'redis', skipped: !PROGRAM },
  { kind: 'a Redis cluster', skipped: !PROGRAM },
])(
  'the event log of $kind (redis is skipped where no server is installed)',
  ({ kind, skipped }) => {
    it.skipIf(skipped)('gives the newest events of an entity by time, oldest first', async () => {
      const log = await places(kind).open();
      await log.append([event('c', 30), event('a', 10), event('x', 5, 'bob')]);
      await log.append([event('b', 20), event('d', 30)]);
      expect(await idsOf(log)).toEqual(['a', 'b', 'c', 'd']);
      expect(await idsOf(log, 'ada', 2)).toEqual(['c', 'd']);
      expect((await log.window('bob', 9)).events).toEqual([event('x', 5, 'bob')]);
      expect(await idsOf(log, 'nobody')).toEqual([]);
      await log.close();
    });

    it.skipIf(skipped)('counts an event that comes again once', async () => {
      const log = await places(kind).open();
      expect(await log.append([event('a', 1), event('b', 2), event('a', 1)])).toEqual([
        true,
        true,
        false,
      ]);
      expect(await log.append([event('b', 99), event('a', 1, 'bob')])).toEqual([false, true]);
      expect(await log.statistics()).toEqual({ events: 3, entities: 2, pending: 2 });
      await log.close();
    });

    it.skipIf(skipped)(
      'remembers what is pending until it is settled, also when it is opened again',
      async () => {
        const place = places(kind);
        const before = await place.open();
        await before.append([event('a', 1), event('b', 2, 'bob')]);
        const { sequence } = await before.window('ada', 9);
        await before.append([event('c', 3)]);
        await before.close();

        const log = await place.open();
        expect((await log.pending()).map(({ entity }) => entity).sort()).toEqual(['ada', 'bob']);
        expect(await log.settle([{ entity: 'ada', sequence }])).toEqual([false]);
        expect(await log.pending()).toHaveLength(2);
        const newest = await log.window('ada', 9);
        const last = { entity: 'ada', sequence: newest.sequence };
        expect(await log.settle([last, last])).toEqual([true, false]);
        expect(await log.pending()).toMatchObject([{ entity: 'bob' }]);
        expect((await log.window('ada', 9)).sequence).toBe(0);
        await log.close();
      },
    );

    it.skipIf(skipped)(
      'keeps the newest events of each entity, and those young enough',
      async () => {
        const log = await places(kind).open({ keep: 8, maxAgeMs: 60_000 });
        const now = Date.now();
        const old = Array.from({ length: 4 }, (_, at) => event(`old-${at}`, now - 70_000 - at));
        const young = Array.from({ length: 7 }, (_, at) => event(`young-${at}`, now - 1000 + at));
        await log.append([...old, ...young]);
        expect(await idsOf(log)).toEqual(young.map(({ id }) => id));
        expect(await log.prune()).toBeGreaterThan(0);
        expect(await log.statistics()).toMatchObject({ events: 7, entities: 1 });
        await log.append(Array.from({ length: 40 }, (_, at) => event(`new-${at}`, now + at)));
        expect((await log.statistics()).events).toBeLessThanOrEqual(10);
        expect(await idsOf(log, 'ada', 2)).toEqual(['new-38', 'new-39']);
        await log.close();
      },
    );

    it.skipIf(skipped)('forgets an entity: its events, their ids and its profile', async () => {
      const log = await places(kind).open();
      await log.append([{ ...event('a', 1), profile: { experience: 3 } }, event('b', 2)]);
      await log.append([event('x', 1, 'ad'), event('y', 1, 'adas')]);
      expect((await log.window('ada', 9)).profile).toEqual({ experience: 3 });
      expect(await log.delete('ada')).toBe(2);
      expect(await log.delete('ada')).toBe(0);
      expect(await log.window('ada', 9)).toEqual({ profile: undefined, events: [], sequence: 0 });
      expect(await log.append([event('a', 1)])).toEqual([true]);
      expect(await idsOf(log, 'ad')).toEqual(['x']);
      expect(await idsOf(log, 'adas')).toEqual(['y']);
      await log.close();
    });

    it.skipIf(skipped)('loses nothing that many append at once', async () => {
      const log = await places(kind).open();
      const appends = Array.from({ length: 300 }, (_, at) =>
        log.append([event(`e${at}`, at, `m${at % 7}`)]),
      );
      expect((await Promise.all(appends)).flat()).toEqual(Array<boolean>(300).fill(true));
      expect(await log.statistics()).toEqual({ events: 300, entities: 7, pending: 7 });
      await log.close();
    });

    it.skipIf(skipped)(
      'refuses ids and times that it cannot keep, and use after close',
      async () => {
        const log = await places(kind).open();
        const codes = { id: /STORE_ID_INVALID/, time: /STORE_OPTION_INVALID/ };
        await expect(log.append([event('', 1)])).rejects.toThrow(codes.id);
        await expect(log.append([event('e'.repeat(300), 1)])).rejects.toThrow(codes.id);
        await expect(log.append([event('a', 1, '\ud800')])).rejects.toThrow(codes.id);
        await expect(log.append([event('a', 1.5)])).rejects.toThrow(codes.time);
        expect(await log.statistics()).toMatchObject({ events: 0 });
        await log.close();
        await expect(log.append([event('a', 1)])).rejects.toThrow(/STORE_CLOSED/);
      },
    );
  },
);

describe('a Redis cluster (skipped where no server is installed)', () => {
  it.skipIf(!PROGRAM)('has a share of the entities on each of its servers', async () => {
    const log = await places('a Redis cluster').open();
    const events = Array.from({ length: 200 }, (_, at) => event(`e${at}`, at, `member-${at}`));
    expect(await log.append(events)).toEqual(Array<boolean>(200).fill(true));
    expect(await log.statistics()).toEqual({ events: 200, entities: 200, pending: 200 });
    const sizes = await Promise.all(
      cluster.nodes.map(async ({ url }) => Number(await command(url, 'DBSIZE'))),
    );
    for (const size of sizes) expect(size).toBeGreaterThan(50);
    await log.close();
  });
});
