import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  createFixture,
  metricOf,
  startServer,
  type ErrorAnswer,
  type Fixture,
  type RunningServer,
  type ScoreAnswer,
} from './server.test-support.js';
import type { ServerOptions } from './options.js';

let fixture: Fixture;
let running: RunningServer;

beforeAll(async () => {
  fixture = await createFixture();
}, 60_000);
afterEach(() => running.server.close());
afterAll(() => fixture.remove());

const candidates = Array.from({ length: 8 }, (_, at) => `job-${at}`);
const members = Array.from({ length: 24 }, (_, at) => `member-${at + 1}`);

async function start(options: Partial<ServerOptions> = {}): Promise<void> {
  const plan = { shares: { one: 1 } };
  running = await startServer({
    ...{ bundles: fixture.bundles, store: fixture.stores, plan },
    ...options,
  });
}

async function scoresOf(entities: readonly string[]) {
  const requests = entities.map((entity) => ({ entity, candidates }));
  const { status, body } = await running.ask<ScoreAnswer>('POST', '/v1/score', { requests });
  expect(status).toBe(200);
  return body.results;
}

function activate(name: string, body?: object) {
  return running.ask<{ bundles: { name: string; share: number; shadow: boolean }[] }>(
    'POST',
    `/v1/bundles/${name}/activate`,
    body,
  );
}

async function sharesNow(): Promise<Record<string, number>> {
  const { body } = await running.ask<{ bundles: { name: string; share: number }[] }>(
    'GET',
    '/v1/bundles',
  );
  return Object.fromEntries(body.bundles.map(({ name, share }) => [name, share]));
}

/** Asks without pause from several sides until `work` is done; gives every answer. */
async function underLoad(work: () => Promise<unknown>): Promise<ScoreAnswer['results'][]> {
  const answers: ScoreAnswer['results'][] = [];
  let done = false;
  const clients = Array.from({ length: 6 }, async () => {
    while (!done) answers.push(await scoresOf(members.slice(0, 5)));
  });
  await work();
  done = true;
  await Promise.all(clients);
  return answers;
}

describe('activating a bundle', () => {
  it('swaps under load without a failed request, and never mixes old and new', async () => {
    await start();
    const one = await scoresOf(members.slice(0, 5));
    await activate('two');
    const two = await scoresOf(members.slice(0, 5));
    expect(one).not.toEqual(two);
    const answers = await underLoad(async () => {
      for (let round = 0; round < 8; round++) await activate(round % 2 === 0 ? 'one' : 'two');
    });
    expect(answers.length).toBeGreaterThan(20);
    const seen = new Set(answers.map((answer) => answer[0]!.bundle));
    expect(seen).toEqual(new Set(['one', 'two']));
    for (const answer of answers) expect(answer).toEqual(answer[0]!.bundle === 'one' ? one : two);
  });

  it('serves a version that is published under load, whole', async () => {
    await start();
    const answers = await underLoad(async () => {
      for (let round = 0; round < 3; round++) await fixture.generate('one');
    });
    const versions = answers.map((answer) => new Set(answer.map(({ version }) => version)));
    expect(versions.every(({ size }) => size === 1)).toBe(true);
    expect(new Set(versions.flatMap((version) => [...version])).size).toBeGreaterThan(1);
    expect(answers.flat().every(({ prior }) => !prior)).toBe(true);
  });

  it('follows a generation with another bundle into the same store, without a failed request', async () => {
    await fixture.generate('one', 'shared');
    await start({ store: fixture.path('stores/shared') });
    const one = await scoresOf(members.slice(0, 5));
    const answers = await underLoad(async () => {
      await fixture.generate('two', 'shared');
      await scoresOf(members.slice(0, 5));
    });
    const two = await scoresOf(members.slice(0, 5));
    expect(two[0]!.bundle).toBe('two');
    for (const answer of answers) expect(answer).toEqual(answer[0]!.bundle === 'one' ? one : two);
    expect(await sharesNow()).toEqual({ one: 0, two: 1 });
  });

  it('is undone by a rollback', async () => {
    await start();
    const before = await scoresOf(members.slice(0, 3));
    await activate('two');
    expect(await sharesNow()).toEqual({ one: 0, two: 1 });
    expect((await running.ask('POST', '/v1/bundles/one/rollback')).status).toBe(409);
    expect((await running.ask('POST', '/v1/bundles/two/rollback')).status).toBe(200);
    expect(await sharesNow()).toEqual({ one: 1, two: 0 });
    expect(await scoresOf(members.slice(0, 3))).toEqual(before);
  });

  it.each(['three', '..', '%2e%2e%2fone', 'one%2f..%2ftwo', '.hidden', 'one%00'])(
    'refuses %s, which is no bundle of the folder',
    async (name) => {
      await start();
      const { status, body } = await running.ask<ErrorAnswer>(
        'POST',
        `/v1/bundles/${name}/activate`,
      );
      expect([400, 404]).toContain(status);
      expect(body.error.code).toMatch(/SERVER_(BUNDLE_UNKNOWN|ROUTE_UNKNOWN|BODY_)/);
      expect(await sharesNow()).toEqual({ one: 1, two: 0 });
    },
  );

  it('refuses one whose store is empty or of another bundle, and goes on as before', async () => {
    await start({ store: fixture.path('stores/one') });
    expect((await activate('two')).status).toBe(503);
    expect(await sharesNow()).toEqual({ one: 1, two: 0 });
    await running.server.close();
    await start({ store: fixture.path('other/{bundle}') });
    expect((await activate('two')).body).toMatchObject({
      error: { code: 'LIMAML_ERR_SERVER_BUNDLE_NOT_READY' },
    });
    expect(await scoresOf(['member-1'])).toMatchObject([{ bundle: 'one', prior: true }]);
  });
});

describe('variants', () => {
  it('split the members by hash: each always gets the same one, shares are as asked for', async () => {
    await start({ plan: { shares: { one: 3, two: 1 } } });
    const many = Array.from({ length: 2000 }, (_, at) => `visitor-${at}`);
    const variants: string[] = [];
    for (let at = 0; at < many.length; at += 100)
      variants.push(...(await scoresOf(many.slice(at, at + 100))).map(({ variant }) => variant));
    const share = variants.filter((variant) => variant === 'two').length / many.length;
    expect(share).toBeGreaterThan(0.21);
    expect(share).toBeLessThan(0.29);
    const again = await scoresOf(many.slice(0, 50));
    expect(again.map(({ variant }) => variant)).toEqual(variants.slice(0, 50));
    const { body } = await running.ask<string>('GET', '/metrics');
    expect(metricOf(body, 'limaml_scored_total', 'variant="two"')).toBeGreaterThan(400);
  });

  it('grow from a small share to all, and a member that has moved stays', async () => {
    await start();
    const variantsAt = async (share: number) => {
      await activate('two', { share });
      return (await scoresOf(members)).map(({ variant }) => variant);
    };
    const some = await variantsAt(0.3);
    const more = await variantsAt(0.6);
    expect(new Set(some).size).toBe(2);
    some.forEach((variant, at) => {
      if (variant === 'two') expect(more[at]).toBe('two');
    });
    expect(new Set(await variantsAt(1))).toEqual(new Set(['two']));
  });

  it('answer as they do alone', async () => {
    await start();
    const one = await scoresOf(members);
    await activate('two');
    const two = await scoresOf(members);
    await activate('one', { share: 0.5 });
    (await scoresOf(members)).forEach((result, at) => {
      expect(result).toEqual(result.variant === 'one' ? one[at] : two[at]);
    });
  });
});

describe('a shadow', () => {
  it('scores what is asked, and changes no answer', async () => {
    await start();
    const before = await scoresOf(members);
    expect((await activate('two', { shadow: true })).body.bundles).toMatchObject([
      { name: 'one', share: 1, shadow: false },
      { name: 'two', share: 0, shadow: true },
    ]);
    expect(await scoresOf(members)).toEqual(before);
    const differences = async () =>
      metricOf(
        (await running.ask<string>('GET', '/metrics')).body,
        'limaml_shadow_difference_count',
      );
    await expect.poll(differences, { timeout: 5000 }).toBe(members.length);
  });
});
