import { createOrtExecutor } from '@limaml/backend-ort';
import { createClient } from '@limaml/client';
import { hostTableSpecs, initParams, maml, parameterSpecs } from '@limaml/core';
import { buildTasks, fitEncoders, simulatorDataset } from '@limaml/data';
import { memberEntity } from '@limaml/entity-member';
import { limamlModel } from '@limaml/models';
import { defineEntity, type InteractionLog } from '@limaml/plugin';
import {
  collectCandidates,
  createScorer,
  exportBundle,
  generateEmbeddings,
  openBundle,
  type BundleSource,
} from '@limaml/serving';
import { lmdbStore } from '@limaml/store';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type RunningServer } from './server.test-support.js';

const job = defineEntity({ ...memberEntity(), name: 'job', taskId: (row) => row.entityId('job') });
const ENTITIES = [memberEntity(), job];

let folder: string;
let log: InteractionLog;
let running: RunningServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'limaml-server-'));
  const shape = { members: 20, jobs: 12, companies: 3, impressionsPerMember: 15, seed: 3 };
  log = await simulatorDataset(shape).load({ path: undefined });
  const candidates = collectCandidates(log, 'member');
  await exportBundle(jointRun(log), join(folder, 'bundle'), { candidates });
  await generateAll();
  running = await startServer({
    ...{ bundle: join(folder, 'bundle'), store: join(folder, 'store') },
    events: { location: join(folder, 'events') },
  });
}, 60_000);

afterAll(async () => {
  await running.server.close();
  await rm(folder, { recursive: true });
});

/** A model of members and jobs with random weights. */
function jointRun(of: InteractionLog): BundleSource {
  const trainRows = new Uint8Array(of.rows).fill(1);
  const fitted = ENTITIES.map((entity) =>
    fitEncoders(of, entity, { tasks: buildTasks(of, entity), trainRows }),
  );
  const rows = fitted[0]!.schema.features.filter(({ owner }) => owner !== 'entity');
  const parts = fitted.map((encoders) => {
    const own = encoders.schema.features.filter(({ owner }) => owner === 'entity');
    return {
      ...{ algorithm: maml({ innerSteps: 1 }), support: { maxSize: 10 } },
      schema: { ...encoders.schema, features: [...own, ...rows] },
      encoders: JSON.parse(JSON.stringify(encoders)) as unknown,
    };
  });
  const types = ENTITIES.map(({ name }, at) => [name, parts[at]!] as const);
  const schemas = Object.fromEntries(types.map(([type, { schema }]) => [type, schema]));
  const adapting = ENTITIES.map(({ name }) => name);
  const options = { meta: 'entity', candidateDim: 3, tower: [4] };
  const model = limamlModel().createJoint!({ primary: 'member', schemas, adapting }, options);
  const specs = Object.values(model.views).map((view) => ({
    ...parameterSpecs(view, parts[0]!.algorithm),
    ...hostTableSpecs(view),
  }));
  return {
    ...parts[0]!,
    ...{ model: model.views.member!, plugin: { name: 'limaml', options } },
    params: initParams(Object.assign({}, ...specs) as (typeof specs)[number], 1),
    joint: { model, entities: Object.fromEntries(types) },
  };
}

async function generateAll(): Promise<void> {
  const runtime = await createOrtExecutor();
  const bundle = await openBundle(join(folder, 'bundle'), { runtime });
  const store = await lmdbStore().open(join(folder, 'store'));
  for (const [seen, entity] of [
    [bundle.others.job!, job],
    [bundle, memberEntity()],
  ] as const) {
    await generateEmbeddings({ bundle: seen, log, tasks: buildTasks(log, entity), store });
  }
  await store.close();
  await runtime.dispose();
}

const request = {
  entity: 'member-3',
  candidates: ['job-1', 'job-2', { job: 'job-new', salary: 9 }],
};
const ORIGIN = { job: { version: 1, priors: 1 } };

describe('a bundle with embeddings of jobs', () => {
  it('scores as the scorer does, and says where the embeddings of jobs came from', async () => {
    const runtime = await createOrtExecutor();
    const bundle = await openBundle(join(folder, 'bundle'), { runtime });
    const store = await lmdbStore().open(join(folder, 'store'));
    const scorer = await createScorer({ bundle, store });
    const { probabilities } = await scorer.score(request);
    const client = createClient(running.url);
    const scored = await client.score(request);
    expect(scored).toMatchObject({ scores: [...probabilities], prior: false, others: ORIGIN });
    const { ranking, others } = await client.rank({ ...request, k: 1 });
    expect(ranking[0]!.score).toBe(Math.max(...probabilities));
    expect(others).toEqual(ORIGIN);
    await store.close();
    await runtime.dispose();
  });

  it('adapts a member to events with the embeddings of their jobs', async () => {
    const client = createClient(running.url);
    const before = await client.score({ ...request, candidates: ['job-1'] });
    const click = { candidate: 'job-2', label: 1, outcome: { dwell: 50 } };
    await client.sendEvents([{ id: 'click-1', entity: 'member-3', ...click }]);
    await expect.poll(async () => (await client.entity('member', 'member-3')).pending).toBe(false);
    const after = await client.score({ ...request, candidates: ['job-1'] });
    expect(after.scores).not.toEqual(before.scores);
    const adapted = await client.adapt({ ...request, candidates: ['job-1'], events: [click] });
    expect(adapted.scores[0]).toBeCloseTo(after.scores[0]!, 5);
  });

  it('knows jobs, and forgets one on demand', async () => {
    const client = createClient(running.url);
    expect(await client.entity('job', 'job-2')).toMatchObject({ stored: true, events: 0 });
    expect(await client.forget('job', 'job-2')).toBe(true);
    const { others } = await client.score(request);
    expect(others).toEqual({ job: { version: 1, priors: 2 } });
    expect(await client.forget('job', 'job-2')).toBe(false);
    await expect(client.entity('company', 'company-1')).rejects.toThrow(/ENTITY_UNKNOWN/);
  });
});
