import { createOrtExecutor } from '@limaml/backend-ort';
import { buildTasks } from '@limaml/data';
import { memberEntity } from '@limaml/entity-member';
import { lmdbStore, memoryStore } from '@limaml/store';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { MetaEmbeddingStore } from '@limaml/plugin';
import { codeOf } from './code-of.test-support.js';
import { generateEmbeddings } from './generate-embeddings.js';
import type { GenerationReport } from './generation-report.js';
import { readHistory } from './log-records.js';
import { plainModel } from './models.test-support.js';
import { openBundle, type Bundle } from './open-bundle.js';
import { createScorer } from './scorer.js';
import {
  IDLE,
  randomRun,
  serve,
  smallMarket,
  type Served,
  type SmallMarket,
} from './small-run.test-support.js';

let market: SmallMarket;
let served: Served;
let store: MetaEmbeddingStore;

beforeAll(async () => {
  market = await smallMarket();
  served = await serve(randomRun(plainModel('history'), market), market);
});

beforeEach(async () => {
  store = await memoryStore().open('');
});

afterAll(() => served.close());

const generate = (bundle: Bundle = served.bundle, into = store): Promise<GenerationReport> =>
  generateEmbeddings({ bundle, log: market.log, tasks: market.tasks, store: into });

/** The log, with labels of one member that no inner loop survives. */
function withAbsurdLabels(member: string): SmallMarket['log'] {
  const { log, tasks } = market;
  const task = tasks.taskIds.indexOf(member);
  const label = log.label.slice();
  for (const row of tasks.rows.subarray(tasks.offsets[task], tasks.offsets[task + 1]))
    label[row] = 3e38;
  return { ...log, label };
}

async function vectorsOf(from: MetaEmbeddingStore, ids: readonly string[]): Promise<Float32Array> {
  const into = new Float32Array(ids.length * 4);
  expect(await from.get('member', ids, into)).not.toContain(false);
  return into;
}

describe('generateEmbeddings', () => {
  it('stores one finite vector for every entity, tied to the bundle', async () => {
    const report = await generate();
    const { fingerprint } = served.bundle.manifest;
    expect(report.version).toMatchObject({
      entity: 'member',
      bundle: fingerprint,
      dim: 4,
      count: 25,
    });
    expect(report.norms.min).toBeGreaterThan(0);
    expect(report.norms.mean).toBeLessThanOrEqual(report.norms.max);
    const ids = market.log.entities.member!.ids;
    const into = new Float32Array(ids.length * 4);
    expect(await store.get('member', ids, into)).not.toContain(false);
    expect(into.every(Number.isFinite)).toBe(true);
  });

  it('gives an entity without interactions its prior embedding', async () => {
    await generate();
    const stored = await createScorer({ bundle: served.bundle, store });
    const empty = await createScorer({
      bundle: served.bundle,
      store: await memoryStore().open(''),
    });
    const request = { entity: IDLE, candidates: ['job-1', 'job-2'] };
    const profile = { experience: 3 };
    const fromStore = await stored.score(request);
    expect(fromStore.prior).toBe(false);
    expect(fromStore.logits).toEqual((await empty.score({ ...request, profile })).logits);
  });

  it('reports progress up to the end', async () => {
    const seen: number[] = [];
    await generateEmbeddings({
      ...{ bundle: served.bundle, log: market.log, tasks: market.tasks, store },
      onProgress: ({ done, total }) => seen.push(done / total),
    });
    expect(seen.at(-1)).toBe(1);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
  });

  it('leaves the version before when it is aborted', async () => {
    await generate();
    const before = await store.current('member');
    const controller = new AbortController();
    const aborted = generateEmbeddings({
      ...{
        bundle: served.bundle,
        log: market.log,
        tasks: market.tasks,
        store,
        signal: controller.signal,
      },
      onProgress: () => {
        controller.abort();
      },
    });
    expect(await codeOf(aborted)).toBe('LIMAML_ERR_SERVING_GENERATION_ABORTED');
    expect(await store.current('member')).toEqual(before);
  });

  it('counts entities whose embedding is not finite, and stores the others', async () => {
    const { bundle } = served;
    const log = withAbsurdLabels('member-5');
    const report = await generateEmbeddings({ bundle, log, tasks: market.tasks, store });
    expect(report.failed).toEqual({ count: 1, examples: ['member-5'] });
    expect(report.version.count).toBe(24);
    const scorer = await createScorer({ bundle, store });
    expect(await scorer.score({ entity: 'member-5', candidates: ['job-1'] })).toMatchObject({
      prior: true,
    });
    expect(await scorer.score({ entity: 'member-6', candidates: ['job-1'] })).toMatchObject({
      prior: false,
    });
  });

  it('gives the same vectors in the same order with worker threads', async () => {
    const executor = await createOrtExecutor({ workers: 2 });
    const bundle = await openBundle(served.folder, { runtime: executor });
    const pooled = await memoryStore().open('');
    const report = await generate(bundle, pooled);
    expect(report.norms).toEqual((await generate()).norms);
    const ids = market.log.entities.member!.ids;
    expect(await vectorsOf(pooled, ids)).toEqual(await vectorsOf(store, ids));
    await bundle.dispose();
    await executor.dispose();
  });

  it('refuses a log that was grouped by another entity', async () => {
    const tasks = { ...market.tasks, entity: 'job' };
    const { bundle } = served;
    expect(await codeOf(generateEmbeddings({ bundle, log: market.log, tasks, store }))).toBe(
      'LIMAML_ERR_SERVING_ENTITY_MISMATCH',
    );
  });

  it('gives an entity the same vector, bit by bit, whoever else is in the log', async () => {
    await generate();
    const some = market.log.refs.member!.map((ref) => (ref % 3 === 0 ? ref : -1));
    const log = { ...market.log, refs: { ...market.log.refs, member: some } };
    const fewer = await memoryStore().open('');
    const tasks = buildTasks(log, memberEntity());
    await generateEmbeddings({ bundle: served.bundle, log, tasks, store: fewer });
    expect(await vectorsOf(fewer, tasks.taskIds)).toEqual(await vectorsOf(store, tasks.taskIds));
  });

  it('gives what the refresh of an entity gives', async () => {
    await generate();
    const { bundle } = served;
    const scorer = await createScorer({ bundle, store });
    for (const entity of ['member-1', 'member-9', IDLE]) {
      const history = readHistory(market.log, market.tasks, entity, 16);
      const expected = await scorer.adapt({ entity, ...history });
      const found = await vectorsOf(store, [entity]);
      found.forEach((value, at) => {
        expect(value).toBeCloseTo(expected[at]!, 4);
      });
    }
  });

  it('fills an LMDB store that a later process reads', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'limaml-lmdb-'));
    const first = await lmdbStore().open(folder);
    await generate(served.bundle, first);
    await first.close();
    const second = await lmdbStore().open(folder);
    const scorer = await createScorer({ bundle: served.bundle, store: second });
    expect(await scorer.score({ entity: 'member-1', candidates: ['job-1'] })).toMatchObject({
      prior: false,
    });
    await second.close();
    await rm(folder, { recursive: true });
  });
});
