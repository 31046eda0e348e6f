import { memoryStore } from '@limaml/store';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeOf } from './code-of.test-support.js';
import { generateEmbeddings } from './generate-embeddings.js';
import { readHistory } from './log-records.js';
import { plainModel } from './models.test-support.js';
import { createScorer, type Scorer } from './scorer.js';
import {
  randomRun,
  serve,
  smallMarket,
  type Served,
  type SmallMarket,
} from './small-run.test-support.js';

let market: SmallMarket;
let served: Served;
let scorer: Scorer;

beforeAll(async () => {
  market = await smallMarket();
  served = await serve(randomRun(plainModel('history'), market), market);
  const { bundle, store } = served;
  await generateEmbeddings({ bundle, log: market.log, tasks: market.tasks, store });
  scorer = await createScorer({ bundle, store });
});

afterAll(() => served.close());

const candidates = ['job-1', 'job-2', 'job-3', 'job-4'];

describe('score', () => {
  it('gives probabilities that are the sigmoid of the logits, and the version', async () => {
    const { logits, probabilities, version, prior } = await scorer.score({
      entity: 'member-1',
      candidates,
    });
    expect(version).toBe((await served.store.current('member'))!.version);
    expect(prior).toBe(false);
    logits.forEach((logit, at) => {
      expect(probabilities[at]).toBeCloseTo(1 / (1 + Math.exp(-logit)), 5);
    });
  });

  it('scores each candidate the same whatever else is asked for', async () => {
    const all = await scorer.score({ entity: 'member-1', candidates });
    for (const [at, candidate] of candidates.entries()) {
      const alone = await scorer.score({ entity: 'member-1', candidates: [candidate] });
      expect(alone.logits[0]).toBeCloseTo(all.logits[at]!, 5);
    }
  });

  it('scores requests that overlap like requests one after the other', async () => {
    const requests = ['member-1', 'member-2', 'member-3', 'member-4'].flatMap((entity) => [
      { entity, candidates },
      { entity, candidates: [...candidates].reverse() },
      { entity, candidates: candidates.slice(0, 2), context: { unknown: 1 } },
    ]);
    const alone: Float32Array[] = [];
    for (const request of requests) alone.push((await scorer.score(request)).logits);
    const together = await Promise.all(requests.map((request) => scorer.score(request)));
    expect(together.map(({ logits }) => logits)).toEqual(alone);
  });

  it('scores an unknown entity with its prior: on its profile, or on default features', async () => {
    const bare = await scorer.score({ entity: 'nobody', candidates });
    const senior = await scorer.score({
      entity: 'nobody',
      profile: { experience: 30 },
      candidates,
    });
    expect(bare).toMatchObject({ prior: true });
    expect(bare.logits.every(Number.isFinite)).toBe(true);
    expect(senior.logits).not.toEqual(bare.logits);
  });

  it('scores unknown candidates as unseen ones, all alike', async () => {
    const { logits } = await scorer.score({
      entity: 'member-1',
      candidates: ['no-such-job', 'nor-this'],
    });
    expect(logits[0]).toBe(logits[1]);
    expect(Number.isFinite(logits[0])).toBe(true);
  });

  it('takes missing, non-finite and oddly typed features as missing', async () => {
    const records = [
      {},
      { job: 'job-1', salary: NaN },
      { job: 'job-1', salary: 'a lot' },
      { job: null, salary: Infinity },
    ];
    const { logits } = await scorer.score({ entity: 'member-1', candidates: records });
    expect(logits.every(Number.isFinite)).toBe(true);
    expect(logits[1]).toBe(logits[2]);
  });

  it('refuses too many candidates, and none', async () => {
    const few = await createScorer({ ...served, maxCandidates: 2 });
    const code = 'LIMAML_ERR_SERVING_CANDIDATE_LIMIT';
    expect(await codeOf(few.score({ entity: 'member-1', candidates }))).toBe(code);
    expect(await codeOf(few.score({ entity: 'member-1', candidates: [] }))).toBe(code);
  });

  it('works on an empty store', async () => {
    const empty = await createScorer({
      bundle: served.bundle,
      store: await memoryStore().open(''),
    });
    expect(await empty.score({ entity: 'member-1', candidates })).toMatchObject({
      prior: true,
      version: undefined,
    });
  });

  it('refuses embeddings that another bundle made, at once and when they appear later', async () => {
    const store = await memoryStore().open('');
    const early = await createScorer({ bundle: served.bundle, store });
    const writer = await store.begin({ entity: 'member', bundle: 'f'.repeat(64), dim: 4 });
    await writer.put(['member-1'], new Float32Array(4));
    await writer.publish();
    const code = 'LIMAML_ERR_SERVING_STORE_MISMATCH';
    expect(await codeOf(createScorer({ bundle: served.bundle, store }))).toBe(code);
    expect(await codeOf(early.score({ entity: 'member-1', candidates }))).toBe(code);
    expect(await codeOf(early.refresh({ entity: 'member-1', events: [] }))).toBe(code);
  });
});

describe('refresh', () => {
  it('gives the embedding that generation gives for the same interactions', async () => {
    const { bundle, store } = served;
    for (const id of market.tasks.taskIds.slice(0, 6)) {
      const generated = new Float32Array(4);
      await store.get('member', [id], generated);
      const { profile, events } = readHistory(
        market.log,
        market.tasks,
        id,
        bundle.manifest.support.maxSize,
      );
      const refreshed = await scorer.refresh({ entity: id, profile, events });
      refreshed.forEach((value, at) => {
        expect(value).toBeCloseTo(generated[at]!, 5);
      });
    }
  });

  it('lets new clicks move the scores of the next request', async () => {
    const before = await scorer.score({ entity: 'member-9', candidates });
    const events = Array.from({ length: 4 }, () => ({
      candidate: 'job-4',
      label: 1,
      outcome: { dwell: 60 },
    }));
    await scorer.refresh({ entity: 'member-9', events });
    const after = await scorer.score({ entity: 'member-9', candidates });
    expect(after.logits).not.toEqual(before.logits);
    expect(after.version).toBe(before.version);
  });

  it('stores the prior for an entity without interactions', async () => {
    const unknown = await scorer.score({ entity: 'new-member', candidates });
    await scorer.refresh({ entity: 'new-member', events: [] });
    const known = await scorer.score({ entity: 'new-member', candidates });
    expect(known).toMatchObject({ prior: false, logits: unknown.logits });
  });

  it('counts the newest interactions only, as many as in training', async () => {
    const old = { candidate: 'job-1', label: 1 };
    const events = Array.from({ length: 16 }, (_, at) => ({
      candidate: `job-${at + 2}`,
      label: at % 2,
    }));
    const short = await scorer.refresh({ entity: 'member-3', events });
    const long = await scorer.refresh({ entity: 'member-3', events: [old, old, ...events] });
    expect(long).toEqual(short);
  });

  it('refuses labels that are not numbers', async () => {
    const events = [{ candidate: 'job-1', label: NaN }];
    expect(await codeOf(scorer.refresh({ entity: 'member-1', events }))).toBe(
      'LIMAML_ERR_SERVING_EVENT_LABEL',
    );
  });

  it('keeps the old embedding when the new one is not finite', async () => {
    const huge = [{ candidate: 'job-1', label: 3e38 }];
    const before = await scorer.score({ entity: 'member-2', candidates });
    expect(await codeOf(scorer.refresh({ entity: 'member-2', events: huge }))).toBe(
      'LIMAML_ERR_SERVING_EMBEDDING_NOT_FINITE',
    );
    expect((await scorer.score({ entity: 'member-2', candidates })).logits).toEqual(before.logits);
  });
});
