import { buildTasks, simulatorDataset } from '@limaml/data';
import { memberEntity } from '@limaml/entity-member';
import { openLmdbEventLog, type EntityEvent, type EventLog } from '@limaml/store';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeOf } from '../code-of.test-support.js';
import { generateEmbeddings } from '../generate-embeddings.js';
import { readHistory } from '../log-records.js';
import { plainModel } from '../models.test-support.js';
import { createScorer } from '../scorer.js';
import {
  randomRun,
  serve,
  smallMarket,
  type Served,
  type SmallMarket,
} from '../small-run.test-support.js';
import { createRefreshTarget } from './refresh-target.js';
import { startRefresher, type RefresherOptions } from './refresher.js';
import { seedWindows } from './seed-windows.js';

let market: SmallMarket;
let served: Served;
let folder: string;
let logs = 0;

beforeAll(async () => {
  market = await smallMarket();
  served = await serve(randomRun(plainModel('history'), market), market);
  const { bundle, store } = served;
  await generateEmbeddings({ bundle, log: market.log, tasks: market.tasks, store });
  folder = await mkdtemp(join(tmpdir(), 'limaml-nearline-'));
});

afterAll(async () => {
  await served.close();
  await rm(folder, { recursive: true });
});

const openLog = (): Promise<EventLog> => openLmdbEventLog(join(folder, `log-${logs++}`));

function start(log: EventLog, options: Partial<RefresherOptions> = {}) {
  return startRefresher({ log, use: (work) => work([createRefreshTarget(served)]), ...options });
}

function event(entity: string, at: number): EntityEvent {
  const body = { candidate: `job-${1 + (at % 20)}`, label: at % 2, outcome: { dwell: at } };
  return { id: `${entity}-${at}`, entity, time: at, body };
}

async function vectorOf(id: string): Promise<Float32Array> {
  const into = new Float32Array(4);
  await served.store.get('member', [id], into);
  return into;
}

describe('startRefresher', () => {
  it('adapts many entities together to what each gets alone', async () => {
    const log = await openLog();
    const refresher = await start(log);
    const entities = Array.from({ length: 9 }, (_, at) => `new-${at}`);
    const events = entities.flatMap((entity, size) =>
      Array.from({ length: size + 1 }, (_, at) => event(entity, at)),
    );
    expect(await refresher.accept(events)).toEqual({ accepted: events.length, repeated: 0 });
    await refresher.idle();
    const scorer = await createScorer(served);
    for (const entity of entities) {
      const support = events
        .filter((one) => one.entity === entity)
        .map(({ body }) => body as never);
      const alone = await scorer.adapt({ entity, events: support });
      (await vectorOf(entity)).forEach((value, at) => {
        expect(value).toBeCloseTo(alone[at]!, 5);
      });
    }
    await refresher.close();
    expect(await log.pending()).toEqual([]);
    await log.close();
  });

  it('tries again what failed, and loses nothing meanwhile', async () => {
    const log = await openLog();
    const errors: unknown[] = [];
    let broken = true;
    const refresher = await start(log, {
      use: (work) =>
        broken ? Promise.reject(new Error('away')) : work([createRefreshTarget(served)]),
      onError: (error) => errors.push(error),
    });
    await refresher.accept([event('patient', 1)]);
    await expect.poll(() => errors.length).toBe(1);
    expect(await log.pending()).toMatchObject([{ entity: 'patient' }]);
    broken = false;
    await refresher.idle();
    expect(refresher.waiting).toBe(0);
    await refresher.close();
    expect(await log.pending()).toEqual([]);
    await log.close();
  });

  it('refuses more than may wait, and keeps nothing of them', async () => {
    const log = await openLog();
    const refresher = await start(log, { maxWaiting: 3 });
    const many = Array.from({ length: 4 }, (_, at) => event('crowd', at));
    expect(await codeOf(refresher.accept(many))).toBe('LIMAML_ERR_SERVING_QUEUE_FULL');
    expect(await log.statistics()).toMatchObject({ events: 0 });
    expect(await refresher.accept(many.slice(0, 3))).toMatchObject({ accepted: 3 });
    await refresher.close();
    await log.close();
  });
});

describe('seedWindows', () => {
  it('lets the first event add to the past of a member instead of replacing it', async () => {
    const { log, tasks } = market;
    const events = await openLog();
    const limit = served.bundle.manifest.support.maxSize;
    const { entities, added } = await seedWindows({ log, tasks, events, limit });
    expect(entities).toBe(tasks.taskIds.length);
    expect(added).toBeGreaterThan(100);
    expect(await seedWindows({ log, tasks, events, limit })).toEqual({ entities, added: 0 });
    expect(await events.pending()).toEqual([]);

    const refresher = await start(events);
    const entity = tasks.taskIds[3]!;
    const history = readHistory(log, tasks, entity, limit);
    const click = { candidate: 'job-2', label: 1, outcome: { dwell: 9 } };
    await refresher.accept([{ id: 'click', entity, time: Date.now(), body: click }]);
    await refresher.idle();
    const scorer = await createScorer(served);
    const wanted = await scorer.adapt({ entity, ...history, events: [...history.events, click] });
    (await vectorOf(entity)).forEach((value, at) => {
      expect(value).toBeCloseTo(wanted[at]!, 5);
    });
    await refresher.close();
    await events.close();
  });

  it('seeds the same from a log in parts', async () => {
    const shape = { members: 12, jobs: 9, companies: 3, impressionsPerMember: 20, seed: 5 };
    const dataset = simulatorDataset(shape);
    const log = await dataset.load({ path: undefined });
    const [whole, inParts] = [await openLog(), await openLog()];
    const limit = 8;
    await seedWindows({ log, tasks: buildTasks(log, memberEntity()), events: whole, limit });
    const request = { entity: 'member', newest: limit, entitiesPerPart: 5 };
    const parts = (await dataset.openParts!({ path: undefined }, request))!;
    const done: number[] = [];
    const report = await seedWindows({
      ...{ parts, entity: memberEntity(), events: inParts, limit },
      onProgress: (entities) => done.push(entities),
    });
    expect(done.length).toBeGreaterThan(1);
    expect(done.at(-1)).toBe(report.entities);
    expect(report.added).toBe((await whole.statistics()).events);
    for (const id of log.entities.member!.ids) {
      const [one, other] = [await whole.window(id, limit), await inParts.window(id, limit)];
      expect(other).toEqual(one);
      expect(one.events.length).toBeLessThanOrEqual(limit);
    }
    await parts.close();
    await whole.close();
    await inParts.close();
  });
});
