import { buildTasks, simulatorDataset } from '@limaml/data';
import { memberEntity } from '@limaml/entity-member';
import { defineEntity } from '@limaml/plugin';
import type { EntityPlugin, InteractionLog, LogParts, MetaEmbeddingStore } from '@limaml/plugin';
import { memoryStore } from '@limaml/store';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { codeOf } from './code-of.test-support.js';
import { generateEmbeddings, type GenerateOptions } from './generate-embeddings.js';
import { plainModel } from './models.test-support.js';
import { randomRun, serve, smallMarket, type Served } from './small-run.test-support.js';

/** Some members see more than a support set holds, some nothing. */
const dataset = simulatorDataset({ members: 60, jobs: 30, companies: 6, impressionsPerMember: 8 });

let served: Served;
let log: InteractionLog;
let store: MetaEmbeddingStore;

beforeAll(async () => {
  const market = await smallMarket();
  served = await serve(randomRun(plainModel('history'), market), market);
  log = await dataset.load({ path: undefined });
});

beforeEach(async () => {
  store = await memoryStore().open('');
});

afterAll(() => served.close());

const openParts = (entitiesPerPart: number, newest = 16): Promise<LogParts> =>
  dataset.openParts!(
    { path: undefined },
    { entity: 'member', newest, entitiesPerPart },
  ) as Promise<LogParts>;

/** Generates from parts, and closes them. */
async function generate(
  parts: LogParts,
  options: Partial<GenerateOptions> & { readonly entity?: EntityPlugin } = {},
) {
  const { bundle } = served;
  try {
    return await generateEmbeddings({ entity: memberEntity(), bundle, store, ...options, parts });
  } finally {
    await parts.close();
  }
}

async function vectorsOf(from: MetaEmbeddingStore): Promise<Float32Array> {
  const { ids } = log.entities.member!;
  const into = new Float32Array(ids.length * 4);
  expect(await from.get('member', ids, into)).not.toContain(false);
  return into;
}

describe('generateEmbeddings from a log in parts', () => {
  it.each([7, 1000])('stores what the whole log gives, bit by bit: %i a part', async (size) => {
    const whole = await memoryStore().open('');
    const tasks = buildTasks(log, memberEntity());
    const expected = await generateEmbeddings({ bundle: served.bundle, log, tasks, store: whole });
    const report = await generate(await openParts(size));
    expect(report).toMatchObject({ entities: 60, failed: { count: 0 }, onPrior: expected.onPrior });
    expect(report.onPrior).toBeGreaterThan(0);
    expect(report.version).toMatchObject({ version: 1, count: 60 });
    expect(await vectorsOf(store)).toEqual(await vectorsOf(whole));
  });

  it('publishes once, and counts up to all entities', async () => {
    const seen: number[] = [];
    await generate(await openParts(20), {
      onProgress: ({ done, total }) => seen.push(done / total),
    });
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen.at(-1)).toBe(1);
    expect(await store.versions('member')).toHaveLength(1);
  });

  it('leaves the version before when it is aborted, also between parts', async () => {
    await generate(await openParts(20));
    const before = await store.current('member');
    const { signal, abort } = controlled();
    const aborted = generate(await openParts(20), {
      signal,
      onProgress: ({ done }) => {
        if (done >= 20) abort();
      },
    });
    expect(await codeOf(aborted)).toBe('LIMAML_ERR_SERVING_GENERATION_ABORTED');
    expect(await store.current('member')).toEqual(before);
  });

  it('passes on why a part could not be read, and publishes nothing', async () => {
    const opened = await openParts(20);
    const parts = { ...opened, parts: breaking(opened.parts) };
    await expect(generate(parts)).rejects.toThrow('the disk is gone');
    expect(await store.current('member')).toBeUndefined();
  });

  it.each<[string, EntityPlugin['taskId']]>([
    ['of a part of an entity', (row) => row.entityId('member')! + String(row.timestamp % 2)],
    [
      'of some interactions only',
      (row) => (row.timestamp % 2 ? undefined : row.entityId('member')),
    ],
    ['of another entity', (row) => row.entityId('job')],
  ])('refuses tasks %s', async (_, taskId) => {
    const odd = defineEntity({ ...memberEntity(), taskId });
    const parts = await openParts(100);
    const shifted = { ...parts, parts: withOddTimes(parts.parts) };
    expect(await codeOf(generate(shifted, { entity: odd }))).toBe(
      'LIMAML_ERR_SERVING_PARTS_ENTITY',
    );
  });

  it('refuses parts of another entity type than the bundle adapts', async () => {
    const job = defineEntity({ ...memberEntity(), name: 'job' });
    expect(await codeOf(generate(await openParts(100), { entity: job }))).toBe(
      'LIMAML_ERR_SERVING_ENTITY_MISMATCH',
    );
  });
});

function controlled() {
  const controller = new AbortController();
  return {
    signal: controller.signal,
    abort: () => {
      controller.abort();
    },
  };
}

async function* breaking(parts: AsyncIterable<InteractionLog>) {
  for await (const part of parts) {
    yield part;
    throw new Error('the disk is gone');
  }
}

/** Half of the rows get odd timestamps. */
async function* withOddTimes(parts: AsyncIterable<InteractionLog>) {
  for await (const part of parts)
    yield { ...part, timestamp: part.timestamp.map((time, row) => time + (row % 2)) };
}
