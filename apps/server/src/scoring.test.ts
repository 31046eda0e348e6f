import { createOrtExecutor } from '@limaml/backend-ort';
import { createScorer, openBundle } from '@limaml/serving';
import { lmdbStore } from '@limaml/store';
import { Field, List, Table, Utf8, tableFromIPC, tableToIPC, vectorFromArray } from 'apache-arrow';
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
  const limits = { bodyBytes: 50_000, requests: 4, candidates: 20, idLength: 40 };
  running = await startServer({
    bundle: fixture.path('bundles/one'),
    store: fixture.path('stores/one'),
    limits,
  });
}, 60_000);

afterAll(async () => {
  await running.server.close();
  await fixture.remove();
});

const candidates = ['job-1', 'job-2', 'job-3', 'job-4'];
const ARROW = 'application/vnd.apache.arrow.stream';

function score(requests: unknown) {
  return running.ask<ScoreAnswer>('POST', '/v1/score', { requests });
}

async function refused(path: string, body: unknown) {
  const { status, body: answer } = await running.ask<ErrorAnswer>('POST', path, body);
  return { status, ...answer.error };
}

describe('POST /v1/score', () => {
  it('scores as the scorer does, several members in one answer', async () => {
    const runtime = await createOrtExecutor();
    const bundle = await openBundle(fixture.path('bundles/one'), { runtime });
    const store = await lmdbStore().open(fixture.path('stores/one'));
    const scorer = await createScorer({ bundle, store });
    const requests = [
      { entity: 'member-1', candidates },
      { entity: 'member-2', candidates: ['job-9', { salary: 5 }, 'no-such-job'] },
      { entity: 'nobody', candidates, profile: { experience: 12 }, context: { hour: 3 } },
    ];
    const { status, body } = await score(requests);
    expect(status).toBe(200);
    for (const [at, request] of requests.entries()) {
      const { probabilities, version, prior } = await scorer.score(request);
      expect(body.results[at]).toEqual({
        scores: [...probabilities],
        version,
        prior,
        bundle: 'one',
        variant: 'one',
      });
    }
    expect(body.results.map(({ prior }) => prior)).toEqual([false, false, true]);
    await store.close();
    await runtime.dispose();
  });

  it('gives each request of many at once its own scores', async () => {
    const entities = Array.from({ length: 40 }, (_, at) => `member-${at % 20}`);
    const alone = new Map<string, unknown>();
    for (const entity of new Set(entities))
      alone.set(entity, (await score([{ entity, candidates }])).body.results);
    const together = await Promise.all(entities.map((entity) => score([{ entity, candidates }])));
    together.forEach(({ body }, at) => {
      expect(body.results).toEqual(alone.get(entities[at]!));
    });
  });

  it('takes other entities of the request, and names a type that it does not know', async () => {
    const [plain, small, unknown] = [
      { entity: 'member-1', candidates },
      { entity: 'member-1', candidates, others: { company: 'company-1' } },
      { entity: 'member-1', candidates, others: { planet: 'mars' } },
    ];
    const answers = (await score([plain, small])).body.results;
    expect(answers[1]!.scores).not.toEqual(answers[0]!.scores);
    expect((await score([unknown])).status).toBe(400);
  });

  it('takes and gives Arrow with the scores of JSON', async () => {
    const table = new Table({
      entity: vectorFromArray(['member-1', 'nobody'], new Utf8()),
      candidates: vectorFromArray(
        [candidates, ['job-7']],
        new List(new Field('item', new Utf8(), false)),
      ),
    });
    const response = await fetch(new URL('/v1/score', running.url), {
      method: 'POST',
      headers: { 'content-type': ARROW },
      body: Buffer.from(tableToIPC(table, 'stream')),
    });
    expect(response.headers.get('content-type')).toBe(ARROW);
    const answer = tableFromIPC(new Uint8Array(await response.arrayBuffer()));
    const { body } = await score([
      { entity: 'member-1', candidates },
      { entity: 'nobody', candidates: ['job-7'] },
    ]);
    body.results.forEach((result, row) => {
      const { scores, ...rest } = answer.get(row)!.toJSON() as { scores: Iterable<number> };
      expect({ ...rest, scores: [...scores] }).toEqual(result);
    });
  });

  it('refuses Arrow that is none, lacks a column or is over a limit', async () => {
    const send = async (body: Uint8Array) => {
      const url = new URL('/v1/score', running.url);
      const headers = { 'content-type': ARROW, accept: 'application/json' };
      const response = await fetch(url, { method: 'POST', headers, body: Buffer.from(body) });
      return { status: response.status, ...((await response.json()) as ErrorAnswer).error };
    };
    const entity = vectorFromArray(['member-1'], new Utf8());
    const many = vectorFromArray(
      [Array.from({ length: 21 }, String)],
      new List(new Field('item', new Utf8(), false)),
    );
    expect(await send(Buffer.from('nonsense'))).toMatchObject({ status: 400 });
    expect(await send(tableToIPC(new Table({ entity }), 'stream'))).toMatchObject({
      status: 400,
      code: 'LIMAML_ERR_SERVER_BODY_UNREADABLE',
    });
    expect(await send(tableToIPC(new Table({ entity, candidates: many }), 'stream'))).toMatchObject(
      {
        status: 400,
        path: '/requests/0/candidates',
      },
    );
  });
});

describe('a request that is not valid', () => {
  const one = { entity: 'member-1', candidates };
  it.each([
    ['an empty body', {}, '/'],
    ['no request', { requests: [] }, '/requests'],
    ['too many requests', { requests: Array(5).fill(one) }, '/requests'],
    ['no candidate', { requests: [{ ...one, candidates: [] }] }, '/requests/0/candidates'],
    [
      'too many candidates',
      { requests: [one, { ...one, candidates: Array(21).fill('job-1') }] },
      '/requests/1/candidates',
    ],
    [
      'a candidate of no kind',
      { requests: [{ ...one, candidates: ['job-1', 7] }] },
      '/requests/0/candidates/1',
    ],
    [
      'a feature of no kind',
      { requests: [{ ...one, candidates: [{ salary: { much: 1 } }] }] },
      '/requests/0/candidates/0/salary',
    ],
    ['a long id', { requests: [{ ...one, entity: 'm'.repeat(41) }] }, '/requests/0/entity'],
    ['an unknown field', { requests: [{ ...one, sql: 1 }] }, '/requests/0/sql'],
    ['text for a list', { requests: 'all' }, '/requests'],
  ])('%s is refused with the place', async (_, body, path) => {
    expect(await refused('/v1/score', body)).toMatchObject({
      status: 400,
      code: 'LIMAML_ERR_SERVER_BODY_INVALID',
      path,
    });
  });

  it.each([
    ['half a body', '{"requests": [', 400, 'LIMAML_ERR_SERVER_BODY_UNREADABLE'],
    ['a prototype', '{"__proto__": {"admin": true}}', 400, 'LIMAML_ERR_SERVER_BODY_UNREADABLE'],
    ['a hidden one', String.raw`{"__pr\u006fto__": {}}`, 400, 'LIMAML_ERR_SERVER_BODY_UNREADABLE'],
    [
      'a constructor',
      '{"constructor": {"prototype": 1}}',
      400,
      'LIMAML_ERR_SERVER_BODY_UNREADABLE',
    ],
    ['a huge body', `"${'x'.repeat(60_000)}"`, 413, 'LIMAML_ERR_SERVER_BODY_TOO_LARGE'],
  ])('%s is refused', async (_, body, status, code) => {
    expect(await refused('/v1/score', body)).toMatchObject({ status, code });
  });

  it('never puts ids, paths or stack traces into an answer', async () => {
    const secret = 'member-with-a-name';
    const overflow = { salary: 1e308 };
    const bodies = [
      await refused('/v1/score', { requests: [{ entity: secret, candidates: [[]] }] }),
      await refused('/v1/score', { requests: [{ entity: secret, candidates: [overflow] }], x: 1 }),
      await refused('/v1/adapt', {
        ...{ entity: secret, candidates },
        events: [{ candidate: 'job-1', label: 3e38 }],
      }),
    ];
    for (const body of bodies) {
      expect(body.requestId).toMatch(/^[\w-]{36}$/);
      expect(JSON.stringify(body)).not.toMatch(/member-with|at .*\.ts|\.js:|node_modules/);
    }
  });
});

describe('POST /v1/rank', () => {
  it('gives the best k, the best first', async () => {
    const { body: scored } = await score([{ entity: 'member-3', candidates }]);
    const { body } = await running.ask<{ ranking: object[] }>('POST', '/v1/rank', {
      ...{ entity: 'member-3', candidates, k: 2 },
    });
    const { scores } = scored.results[0]!;
    const expected = [...scores.keys()]
      .sort((one, other) => scores[other]! - scores[one]!)
      .slice(0, 2)
      .map((index) => ({ index, candidate: candidates[index], score: scores[index] }));
    expect(body).toMatchObject({ ranking: expected, bundle: 'one', prior: false });
  });

  it('wants a k, and not more than may be asked for', async () => {
    const request = { entity: 'member-3', candidates };
    expect(await refused('/v1/rank', request)).toMatchObject({ status: 400 });
    expect(await refused('/v1/rank', { ...request, k: 21 })).toMatchObject({ path: '/k' });
  });
});

describe('POST /v1/adapt', () => {
  it('adapts to the events of the request, and stores nothing', async () => {
    const before = (await score([{ entity: 'member-5', candidates }])).body;
    const events = [
      { candidate: 'job-4', label: 1, outcome: { dwell: 50 } },
      { candidate: 'job-1', label: 0 },
    ];
    const { status, body } = await running.ask<{ embedding: number[]; scores: number[] }>(
      'POST',
      '/v1/adapt',
      { entity: 'member-5', candidates, events },
    );
    expect(status).toBe(200);
    expect(body.embedding).toHaveLength(fixture.manifests.one.embedding.dim);
    expect(body.scores).not.toEqual(before.results[0]!.scores);
    expect((await score([{ entity: 'member-5', candidates }])).body).toEqual(before);
  });

  it('gives the prior without events, and works without candidates', async () => {
    const profile = { experience: 12 };
    const { body } = await running.ask<{ scores: number[] }>('POST', '/v1/adapt', {
      ...{ entity: 'nobody', profile, candidates, events: [] },
    });
    const [known] = (await score([{ entity: 'nobody', profile, candidates }])).body.results;
    expect(body).toMatchObject({ prior: true, scores: known!.scores });
    const { body: bare } = await running.ask('POST', '/v1/adapt', { entity: 'x', events: [] });
    expect(bare).toMatchObject({ scores: [] });
  });
});

describe('GET /v1/entities/:type/:id', () => {
  it('says what is known of an entity', async () => {
    expect((await running.ask('GET', '/v1/entities/member/member-1')).body).toMatchObject({
      ...{ stored: true, version: 1, bundle: 'one', events: 0, pending: false },
      dim: fixture.manifests.one.embedding.dim,
    });
    expect((await running.ask('GET', '/v1/entities/member/nobody')).status).toBe(404);
    expect((await running.ask('GET', '/v1/entities/planet/member-1')).status).toBe(404);
  });
});

describe('the rest', () => {
  it('says that it lives, that it is ready, and what it counts', async () => {
    expect((await running.ask('GET', '/healthz')).body).toEqual({ status: 'ok' });
    expect((await running.ask('GET', '/readyz')).body).toEqual({ status: 'ready' });
    const { body } = await running.ask<string>('GET', '/metrics');
    const route = 'route="/v1/score"';
    expect(metricOf(body, 'limaml_request_duration_seconds_count', route, '"200"')).toBeGreaterThan(
      9,
    );
    expect(metricOf(body, 'limaml_request_duration_seconds_count', route, '"400"')).toBeGreaterThan(
      9,
    );
    expect(metricOf(body, 'limaml_scored_total', 'prior="true"')).toBeGreaterThan(0);
    expect(metricOf(body, 'limaml_batch_requests_count')).toBeGreaterThan(0);
    expect(metricOf(body, 'limaml_store_version')).toBe(1);
    expect(body).toContain(fixture.manifests.one.fingerprint);
  });

  it('describes every route in its OpenAPI document, and shows it on a page', async () => {
    const { body } = await running.ask<{ openapi: string; paths: object }>('GET', '/openapi.json');
    expect(body.openapi).toBe('3.1.0');
    expect(Object.keys(body.paths).sort()).toEqual([
      '/healthz',
      '/metrics',
      '/readyz',
      '/v1/adapt',
      '/v1/bundles',
      '/v1/bundles/{id}/activate',
      '/v1/bundles/{id}/rollback',
      '/v1/entities/{type}/{id}',
      '/v1/events',
      '/v1/rank',
      '/v1/score',
    ]);
    const page = await running.ask<string>('GET', '/docs/');
    expect(page.headers.get('content-type')).toContain('text/html');
  });

  it('answers with the request id that it was given, when it is a plain one', async () => {
    const id = async (given: string) =>
      (await running.ask<ErrorAnswer>('GET', '/nope', undefined, { 'x-request-id': given })).body
        .error.requestId;
    expect(await id('trace-7')).toBe('trace-7');
    expect(await id('no id; at all')).toMatch(/^[\w-]{36}$/);
  });

  it('takes no events where there is no event log', async () => {
    const event = { id: 'e', entity: 'member-1', candidate: 'job-1', label: 1 };
    expect(await refused('/v1/events', { events: [event] })).toMatchObject({
      code: 'LIMAML_ERR_SERVER_EVENTS_OFF',
    });
  });
});
