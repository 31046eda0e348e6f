import {
  createClient,
  type AdaptRequest,
  type Adapted,
  type BundleStatus,
  type EntityEvent,
  type EntityStatus,
  type EventsAccepted,
  type Ranked,
  type RankRequest,
  type ScoreRequest,
  type Scores,
} from '@limaml/client';
import type { Static } from 'typebox';
import { Compile } from 'typebox/schema';
import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from 'vitest';
import type { AdaptBody, adaptReply } from './schemas/adapt.js';
import type { bundlesReply } from './schemas/bundles.js';
import type { EntityReply } from './schemas/entities.js';
import type { EventsBody, eventsReply } from './schemas/events.js';
import type { RankBody, rankReply } from './schemas/rank.js';
import type { ScoreBody, scoreReply } from './schemas/score.js';
import {
  createFixture,
  startServer,
  type Fixture,
  type RunningServer,
} from './server.test-support.js';

/** What of an OpenAPI document is looked at. */
interface Operation {
  readonly requestBody?: { readonly content: Record<string, { readonly schema: object }> };
  readonly responses: Record<string, { readonly content?: Record<string, { schema: object }> }>;
}
interface OpenApi {
  readonly paths: Record<string, Record<string, Operation>>;
}

let fixture: Fixture;
let running: RunningServer;

beforeAll(async () => {
  fixture = await createFixture();
  running = await startServer({
    ...{ bundles: fixture.bundles, store: fixture.stores, plan: { shares: { one: 1 } } },
    events: { location: fixture.path('events') },
  });
}, 60_000);

afterAll(async () => {
  await running.server.close();
  await fixture.remove();
});

/** A call as it went over the wire. */
interface Exchange {
  readonly operation: string;
  readonly sent: unknown;
  readonly received: unknown;
  readonly status: number;
}

/** Calls every method of the client once. */
async function exchanges(): Promise<readonly Exchange[]> {
  const seen: Exchange[] = [];
  const client = createClient(running.url, {
    fetch: async (address, init = {}) => {
      const response = await fetch(address, init);
      const path = new URL(response.url).pathname
        .replace(/^\/v1\/entities\/[^/]+\/[^/]+$/, '/v1/entities/{type}/{id}')
        .replace(/^\/v1\/bundles\/[^/]+\//, '/v1/bundles/{id}/');
      seen.push({
        operation: `${init.method!} ${path}`,
        sent: init.body === undefined ? undefined : JSON.parse(init.body as string),
        received: await response.clone().json(),
        status: response.status,
      });
      return response;
    },
  });
  const request = { entity: 'member-1', candidates: ['job-1', { salary: 3 }, 'job-2'] };
  const context = { context: { hour: 3 }, profile: { experience: 2 }, others: { company: 'c' } };
  const click = { candidate: 'job-1', label: 1, outcome: { dwell: 3 } };
  expect(await client.score({ ...request, ...context })).toMatchObject({ variant: 'one' });
  expect(await client.scoreAll([request, { entity: 'x', candidates: ['y'] }])).toHaveLength(2);
  expect((await client.rank({ ...request, k: 2 })).ranking).toHaveLength(2);
  expect((await client.adapt({ ...request, events: [click] })).scores).toHaveLength(3);
  const event = { id: 'e1', entity: 'member-1', time: 1, profile: { experience: 2 }, ...click };
  expect(await client.sendEvents([event])).toEqual({ accepted: 1, repeated: 0 });
  expect(await client.entity('member', 'member-1')).toMatchObject({ stored: true });
  expect(await client.forget('member', 'member-1')).toBe(true);
  expect(await client.bundles()).toHaveLength(2);
  expect(await client.activate('two', { share: 0.5 })).toMatchObject([{ share: 0.5 }, {}]);
  expect(await client.rollback('two')).toMatchObject([{ share: 1 }, { share: 0 }]);
  return seen;
}

describe('@limaml/client', () => {
  it('uses every operation of the OpenAPI document, as it says', async () => {
    const { paths } = (await running.ask<OpenApi>('GET', '/openapi.json')).body;
    const operations = new Map(
      Object.entries(paths).flatMap(([path, methods]) =>
        Object.entries(methods).map(([method, one]) => [`${method.toUpperCase()} ${path}`, one]),
      ),
    );
    const seen = await exchanges();
    const documented = [...operations.keys()].filter((name) => name.includes('/v1/')).sort();
    expect([...new Set(seen.map(({ operation }) => operation))].sort()).toEqual(documented);
    for (const { operation, sent, received, status } of seen) {
      const { requestBody, responses } = operations.get(operation)!;
      const asked = requestBody?.content['application/json']?.schema;
      if (sent !== undefined) expect(Compile(asked!).Check(sent), operation).toBe(true);
      const answered = responses[String(status)]?.content?.['application/json']?.schema;
      expect(Compile(answered!).Check(received), operation).toBe(true);
    }
  });

  it('has the types of the schemas that the document is made of', () => {
    expectTypeOf<ScoreRequest>().toExtend<ScoreBody['requests'][number]>();
    expectTypeOf<ScoreBody['requests'][number]>().toExtend<ScoreRequest>();
    expectTypeOf<RankRequest>().toExtend<RankBody>();
    expectTypeOf<RankBody>().toExtend<RankRequest>();
    expectTypeOf<AdaptRequest>().toExtend<AdaptBody>();
    expectTypeOf<AdaptBody>().toExtend<AdaptRequest>();
    expectTypeOf<EntityEvent>().toExtend<EventsBody['events'][number]>();
    expectTypeOf<EventsBody['events'][number]>().toExtend<EntityEvent>();
    expectTypeOf<Static<typeof scoreReply>['results'][number]>().toExtend<Scores>();
    expectTypeOf<Scores>().toExtend<Static<typeof scoreReply>['results'][number]>();
    expectTypeOf<Static<typeof rankReply>>().toExtend<Ranked>();
    expectTypeOf<Static<typeof adaptReply>>().toExtend<Adapted>();
    expectTypeOf<Static<typeof eventsReply>>().toExtend<EventsAccepted>();
    expectTypeOf<EntityReply>().toExtend<EntityStatus>();
    expectTypeOf<Static<typeof bundlesReply>['bundles'][number]>().toExtend<BundleStatus>();
  });
});
