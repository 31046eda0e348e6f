import { openLmdbEventLog } from '@limaml/store';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createFixture,
  metricOf,
  startServer,
  type ErrorAnswer,
  type Fixture,
  type RunningServer,
  type ScoreAnswer,
} from './server.test-support.js';

let fixture: Fixture;
let running: RunningServer;

beforeAll(async () => {
  fixture = await createFixture();
  running = await startServer({
    bundle: fixture.path('bundles/one'),
    store: fixture.path('stores/one'),
    events: { location: fixture.path('events'), maxWaiting: 2000 },
  });
}, 60_000);

afterAll(async () => {
  await running.server.close();
  await fixture.remove();
});

const candidates = Array.from({ length: 10 }, (_, at) => `job-${at}`);

async function scoresOf(entity: string, { ask } = running) {
  const { body } = await ask<ScoreAnswer>('POST', '/v1/score', {
    requests: [{ entity, candidates }],
  });
  return body.results[0]!;
}

function event(id: string, entity: string, more: object = {}) {
  return { id, entity, candidate: 'job-3', label: 1, outcome: { dwell: 30 }, ...more };
}

function send(events: readonly object[], { ask } = running) {
  return ask<{ accepted: number; repeated: number }>('POST', '/v1/events', { events });
}

/** Waits until what was accepted is served. */
async function served({ ask } = running): Promise<string> {
  for (;;) {
    const { body } = await ask<string>('GET', '/metrics');
    if (metricOf(body, 'limaml_events_waiting') === 0) return body;
    await sleep(2);
  }
}

describe('POST /v1/events', () => {
  it('moves the scores of the next request, as the same events in a request to adapt do', async () => {
    const entity = 'event-member';
    const before = await scoresOf(entity);
    expect(before.prior).toBe(true);
    const events = [event('a', entity, { time: 1 }), event('b', entity, { time: 2, label: 0 })];
    const profile = { experience: 7 };
    expect(await send([events[0]!, { ...events[1]!, profile }])).toMatchObject({
      status: 202,
      body: { accepted: 2, repeated: 0 },
    });
    await served();
    const after = await scoresOf(entity);
    expect(after.prior).toBe(false);
    const support = events.map(({ candidate, label, outcome }) => ({ candidate, label, outcome }));
    const { body } = await running.ask<{ scores: number[] }>('POST', '/v1/adapt', {
      ...{ entity, profile, candidates, events: support },
    });
    after.scores.forEach((score, at) => {
      expect(score).toBeCloseTo(body.scores[at]!, 5);
    });
  });

  it('counts an event that comes again once', async () => {
    await send([event('once', 'repeater')]);
    await served();
    const before = await scoresOf('repeater');
    const again = await send([event('once', 'repeater'), event('once', 'repeater')]);
    expect(again).toMatchObject({ status: 202, body: { accepted: 0, repeated: 2 } });
    await served();
    expect(await scoresOf('repeater')).toEqual(before);
  });

  it('gives one embedding for one history, in whatever order and portions it comes', async () => {
    const history = Array.from({ length: 12 }, (_, at) => ({
      ...{ time: 1000 + at, candidate: `job-${at}`, label: at % 2 },
    }));
    await send(history.map((one, at) => event(`h${at}`, 'orderly', one)));
    const shuffled = [...history.keys()].sort(
      (one, other) => ((one * 7) % 12) - ((other * 7) % 12),
    );
    await Promise.all(shuffled.map((at) => send([event(`h${at}`, 'chaotic', history[at])])));
    await served();
    const [orderly, chaotic] = [await scoresOf('orderly'), await scoresOf('chaotic')];
    orderly.scores.forEach((score, at) => {
      expect(score).toBeCloseTo(chaotic.scores[at]!, 5);
    });
  });

  it('refuses more than may wait with 429 and when to try again, and keeps nothing of it', async () => {
    const many = Array.from({ length: 900 }, (_, at) => event(`m${at}`, `crowd-${at % 50}`));
    const sent = Array.from({ length: 6 }, (_, at) =>
      send(many.map((one) => ({ ...one, id: `${at}-${one.id}` }))),
    );
    const answers = await Promise.all(sent);
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(0);
    expect(answers.length - refused.length).toBeGreaterThan(0);
    expect(Number(refused[0]!.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(refused[0]!.body).toMatchObject({ error: { code: 'LIMAML_ERR_SERVING_QUEUE_FULL' } });
    await served();
    expect((await send([event('after', 'crowd-1')])).status).toBe(202);
    await served();
  });

  it('refuses what is no event, with the place', async () => {
    const refused = async (more: object) => {
      const { body } = await running.ask<ErrorAnswer>('POST', '/v1/events', {
        events: [event('a', 'm'), event('b', 'm', more)],
      });
      return body.error.path;
    };
    expect(await refused({ label: 'yes' })).toBe('/events/1/label');
    expect(await refused({ time: 1.5 })).toBe('/events/1/time');
    expect(await refused({ id: '' })).toBe('/events/1/id');
    expect(await refused({ vector: [1] })).toBe('/events/1/vector');
  });

  it('keeps the old embedding of an entity whose new one is not finite, and counts it', async () => {
    const before = await scoresOf('member-2');
    await send([event('huge', 'member-2', { label: 3e38 })]);
    const metrics = await served();
    expect(await scoresOf('member-2')).toEqual(before);
    expect(metricOf(metrics, 'limaml_refresh_failed_total', 'not-finite')).toBe(1);
  });

  it('tells how fresh the vectors are', async () => {
    const before = metricOf(await served(), 'limaml_freshness_seconds_count');
    await send([event('f1', 'fresh'), event('f2', 'fresh')]);
    const metrics = await served();
    expect(metricOf(metrics, 'limaml_freshness_seconds_count')).toBe(before + 2);
  });
});

describe('DELETE /v1/entities/:type/:id', () => {
  it('forgets an entity in the store and in the event log', async () => {
    await send([event('d1', 'leaver'), event('d2', 'leaver')]);
    await served();
    const address = '/v1/entities/member/leaver';
    expect((await running.ask('GET', address)).body).toMatchObject({ stored: true, events: 2 });
    expect((await running.ask('DELETE', address)).body).toEqual({ forgotten: true });
    expect((await running.ask('GET', address)).status).toBe(404);
    expect((await scoresOf('leaver')).prior).toBe(true);
    expect((await running.ask('DELETE', address)).body).toEqual({ forgotten: false });
    // Its event ids are forgotten too: what comes now is a new member.
    expect((await send([event('d1', 'leaver')])).body).toEqual({ accepted: 1, repeated: 0 });
    await served();
  });

  it('does not bring back a vector that is being adapted', async () => {
    for (let round = 0; round < 10; round++) {
      await send([event(`r${round}`, 'racer')]);
      await running.ask('DELETE', '/v1/entities/member/racer');
      expect((await scoresOf('racer')).prior).toBe(true);
    }
  });
});

describe('a server that starts on an event log', () => {
  it('adapts to what is pending there, and publishes a version where there is none', async () => {
    const location = fixture.path('events-before');
    const log = await openLmdbEventLog(location);
    const body = { candidate: 'job-3', label: 1 };
    await log.append([{ id: 'e1', entity: 'waiting', time: 5, body }]);
    await log.close();
    const other = await startServer({
      bundle: fixture.path('bundles/one'),
      store: fixture.path('stores/empty'),
      events: { location },
    });
    await expect
      .poll(async () => (await scoresOf('waiting', other)).prior, { timeout: 10_000 })
      .toBe(false);
    await other.server.close();
    const after = await openLmdbEventLog(location);
    expect(await after.pending()).toEqual([]);
    await after.close();
  });
});
