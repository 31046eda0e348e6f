import { createOrtExecutor, type OrtExecutor } from '@limaml/backend-ort';
import { evaluateProgram } from '@limaml/core';
import { createBatchAssembler, latestSupport, type EncodedLog } from '@limaml/data';
import { interpret, type Program, type TensorMap } from '@limaml/graph';
import type { MetaEmbeddingStore } from '@limaml/plugin';
import { memoryStore } from '@limaml/store';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeOf } from './code-of.test-support.js';
import { collectCandidates } from './collect-candidates.js';
import { exportBundle } from './export-bundle.js';
import { generateEmbeddings } from './generate-embeddings.js';
import { inspectBundle } from './inspect-bundle.js';
import { jointMarket, OTHERS, type JointMarket } from './joint-run.test-support.js';
import { readHistory, referencesRecord } from './log-records.js';
import { createRefreshTarget } from './nearline/refresh-target.js';
import { openBundle, type Bundle } from './open-bundle.js';
import { createScorer } from './scorer.js';

const QUERY = 5;
const TYPES = ['member', ...OTHERS];

let market: JointMarket;
let root: string;
let executor: OrtExecutor;
let bundle: Bundle;
let store: MetaEmbeddingStore;
/** What rows of a type's generation read of the others: what was stored before it. */
const readBy: Record<string, EncodedLog> = {};
/** What rows read in the end. */
let now: EncodedLog;

beforeAll(async () => {
  market = await jointMarket();
  root = await mkdtemp(join(tmpdir(), 'limaml-joint-'));
  executor = await createOrtExecutor();
  const candidates = collectCandidates(market.log, 'member');
  await exportBundle(market.run, join(root, 'bundle'), { candidates });
  bundle = await openBundle(join(root, 'bundle'), { runtime: executor });
  store = await memoryStore().open('');
  for (const type of [...OTHERS, 'member']) {
    readBy[type] = await encodedFor(type);
    const seen = type === 'member' ? bundle : bundle.others[type]!;
    const { log, tasksOf } = market;
    await generateEmbeddings({ bundle: seen, log, tasks: tasksOf[type]!, store });
  }
  now = await encodedFor('member');
}, 120_000);

afterAll(async () => {
  await store.close();
  await executor.dispose();
  await rm(root, { recursive: true });
});

/** The log as training would encode it, with the embeddings that the store holds now, priors where it holds none. */
async function encodedFor(type: string): Promise<EncodedLog> {
  const { log, tasksOf, encodersOf } = market;
  const encoded = encodersOf[type]!.encode(log, tasksOf[type]!);
  const columns = { ...encoded.columns };
  for (const other of TYPES.filter((one) => one !== type)) {
    const { ids } = log.entities[other]!;
    const data = await priorsOf(other);
    await store.get(other, ids, data.subarray(0, ids.length * dimOf(other)));
    const name = `row.embedding.${other}`;
    columns[name] = {
      feature: { name, owner: 'row', kind: 'dense', width: dimOf(other), size: 0, vocabulary: '' },
      ...{ data, stride: dimOf(other), index: log.refs[other]! },
    };
  }
  return { ...encoded, columns, schema: Object.values(columns).map(({ feature }) => feature) };
}

const dimOf = (type: string): number => market.run.joint.model.views[type]!.embeddingDim;

/** Prior embeddings of all entities of a type, by an episode without support. */
async function priorsOf(type: string): Promise<Float32Array> {
  const { ids } = market.log.entities[type]!;
  const { prior } = type === 'member' ? bundle : bundle.others[type]!;
  const encoded = market.encodersOf[type]!.encode(market.log, {
    ...market.tasksOf[type]!,
    taskIds: ids,
    offsets: new Int32Array(ids.length + 1),
  });
  const sizes = { tasks: ids.length, support: 0, query: 0, vocabularies: [] };
  const inputs = { entity: prior.inputs, rows: {}, outcomes: {} };
  const episodes = ids.map((_, task) => ({
    ...{ task, supportStart: 0, supportEnd: 0, queryStart: 0, queryEnd: 0 },
  }));
  const { feeds } = createBatchAssembler(encoded, { ...sizes, inputs }).assemble(episodes);
  const { embedding } = await prior.run(feeds);
  return (embedding!.data as Float32Array).slice();
}

/** What the joint model gives in one piece: the view of a type, adapted to a support set, scores rows of the log. */
function predict(
  type: string,
  task: number,
  support: EncodedLog,
  query: EncodedLog,
): ArrayLike<number> {
  const { run, tasksOf } = market;
  const view = run.joint.model.views[type]!;
  const program = evaluateProgram(view, run.joint.entities[type]!.algorithm);
  const tasks = tasksOf[type]!;
  const end = tasks.offsets[task + 1]!;
  const [episode] = latestSupport(tasks, [task], { maxSupport: 12 });
  const asked = { ...episode!, queryStart: end - QUERY, queryEnd: end };
  const [past, asks] = [support, query].map((encoded) => {
    const sizes = { tasks: 1, support: 12, query: QUERY, vocabularies: [] };
    return createBatchAssembler(encoded, { ...sizes, inputs: view.inputs }).assemble([asked]).feeds;
  });
  return interpret(program, feedsOf(program, past!, asks!)).logits!.data;
}

function feedsOf({ inputs }: Program, past: TensorMap, asked: TensorMap): TensorMap {
  const feeds = { ...market.run.params, ...past };
  const named = Object.keys(inputs).map((name) => [
    name,
    name.startsWith('query/') ? asked[name]! : feeds[name]!,
  ]);
  return Object.fromEntries(named) as TensorMap;
}

function rowsOf(type: string, task: number): Int32Array {
  const { offsets, rows } = market.tasksOf[type]!;
  return rows.subarray(offsets[task + 1]! - QUERY, offsets[task + 1]);
}

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect([...(actual as Float32Array)]).toEqual(
    Array.from(expected, (value) => expect.closeTo(value, 4) as number),
  );
}

describe('the bundle of a joint model', () => {
  it('has models of every type, and says so', async () => {
    const { manifest, models, others } = await inspectBundle(join(root, 'bundle'));
    expect(Object.keys(manifest.others!)).toEqual(OTHERS);
    expect(models.score.inputs['row.embedding.job']!.shape.at(-1)).toBe(dimOf('job'));
    expect(others.company!.adapt.inputs).toHaveProperty(['support/row.embedding.member']);
  });

  it.each([0, 7, 23])('scores member %i as the joint model in one piece does', async (task) => {
    const { log, tasks } = market;
    const scorer = await createScorer({ bundle, store });
    const rows = [...rowsOf('member', task)];
    const expected = predict('member', task, readBy.member!, now);
    const entity = tasks.taskIds[task]!;
    const records = rows.map((row) => referencesRecord(log, 'member', row));
    const byFeatures = await scorer.score({ entity, candidates: records });
    expectClose(byFeatures.logits, expected);
    const byId = await scorer.score({ entity, candidates: records.map(({ job }) => String(job)) });
    expectClose(byId.logits, expected);
    expect(byId).toMatchObject({
      prior: false,
      others: { job: { version: 1, priors: 0 }, company: { version: 2, priors: 0 } },
    });
  });

  it.each(OTHERS)('adapts a %s as its view does', async (type) => {
    // The view adapts it and scores the members that met it; the same embedding is stored and read by their rows.
    const direct = predict(type, 2, readBy[type]!, await encodedFor(type));
    const scorer = await createScorer({ bundle, store });
    const { log } = market;
    const logits: number[] = [];
    for (const row of rowsOf(type, 2)) {
      const entity = log.entities.member!.ids[log.refs.member![row]!]!;
      const candidates = [referencesRecord(log, 'member', row)];
      logits.push((await scorer.score({ entity, candidates })).logits[0]!);
    }
    expectClose(logits, direct);
  });

  it('reads the prior of what the store lacks, and says how many', async () => {
    const scorer = await createScorer({ bundle, store });
    const entity = market.tasks.taskIds[4]!;
    const candidates = ['job-1', 'job-new', { job: 'job-newer', salary: 50_000 }];
    const { others, logits } = await scorer.score({ entity, candidates });
    expect(others).toEqual({
      job: { version: 1, priors: 2 },
      company: { version: 2, priors: 2 },
    });
    expect(logits.every(Number.isFinite)).toBe(true);
    const together = await scorer.scoreAll([
      { entity, candidates: ['job-2', 'job-3'] },
      { entity, candidates },
    ]);
    expectClose(together[1]!.logits, logits);
    expect(together.map((scores) => scores.others.job!.priors)).toEqual([0, 2]);
  });

  it('reads the entity that a request names in the place of the candidate’s own', async () => {
    const scorer = await createScorer({ bundle, store });
    const { log, tasks } = market;
    const entity = tasks.taskIds[4]!;
    const record = referencesRecord(log, 'member', 3);
    const ids = log.entities.company!.ids;
    const other = ids.find((id) => id !== record.company)!;
    const named = await scorer.score({
      ...{ entity, candidates: [record] },
      others: { company: other },
    });
    const own = await scorer.score({ entity, candidates: [record] });
    expect(named.logits[0]).not.toBe(own.logits[0]);
    expect(named.others.company).toEqual({ version: 2, priors: 0 });
    const nobody = await scorer.score({
      ...{ entity, candidates: [record] },
      others: { company: 'company-of-nobody' },
    });
    expect(nobody.others.company!.priors).toBe(1);
  });

  it('takes embeddings of another bundle for none', async () => {
    const other = await memoryStore().open('other');
    const writer = await other.begin({ entity: 'job', bundle: 'another', dim: dimOf('job') });
    await writer.put(['job-1'], new Float32Array(dimOf('job')).fill(9));
    await writer.publish();
    const scorer = await createScorer({ bundle, store: other });
    const { others } = await scorer.score({ entity: 'member-1', candidates: ['job-1'] });
    expect(others.job).toEqual({ version: undefined, priors: 1 });
    await other.close();
  });

  it('adapts to events with the embeddings that are stored now, as generation does', async () => {
    const { log, tasks } = market;
    const copy = await memoryStore().open('copy');
    for (const type of [...OTHERS, 'member']) {
      const dim = dimOf(type);
      const bundleOf = bundle.manifest.fingerprint;
      const writer = await copy.begin({ entity: type, bundle: bundleOf, dim });
      if (type !== 'member')
        for await (const { ids, vectors } of store.entries(type)) await writer.put(ids, vectors);
      await writer.publish();
    }
    const entity = tasks.taskIds[7]!;
    const { profile, events } = readHistory(log, tasks, entity, 12);
    const window = {
      sequence: 1,
      profile: profile as never,
      events: events.map((body, at) => ({ id: `${at}`, entity, time: at, body: body as never })),
    };
    await createRefreshTarget({ bundle, store: copy }).refresh([{ entity, window }]);
    const [refreshed, generated] = [copy, store].map(() => new Float32Array(dimOf('member')));
    await copy.get('member', [entity], refreshed!);
    await store.get('member', [entity], generated!);
    expectClose(refreshed!, generated!);
    await copy.close();
  });
});

describe('exportBundle', () => {
  it('refuses a view without its joint model', async () => {
    const { model, plugin, algorithm, schema, encoders, params, support } = market.run;
    const view = { model, plugin, algorithm, schema, encoders, params, support };
    expect(await codeOf(exportBundle(view, join(root, 'never')))).toBe(
      'LIMAML_ERR_SERVING_SEVERAL_ENTITIES',
    );
  });

  it('refuses a type that no request could name', async () => {
    const { joint } = market.run;
    const model = { ...joint.model, views: { ...joint.model.views, pair: joint.model.views.job! } };
    const entities = { ...joint.entities, pair: joint.entities.job! };
    const run = { ...market.run, joint: { model, entities } };
    expect(await codeOf(exportBundle(run, join(root, 'never')))).toBe(
      'LIMAML_ERR_SERVING_OTHER_NOT_IN_ROWS',
    );
  });

  it('quantises without measuring', async () => {
    const { log, tasks } = market;
    const measured = { quantiseScore: { runtime: executor, log, tasks } };
    expect(await codeOf(exportBundle(market.run, join(root, 'never'), measured))).toBe(
      'LIMAML_ERR_SERVING_LOSS_NOT_MEASURABLE',
    );
    const manifest = await exportBundle(market.run, join(root, 'small'), { quantiseScore: true });
    expect(manifest.quantisation).toMatchObject({ score: 'int8' });
  });
});

describe('openBundle', () => {
  it('refuses candidates whose other entities are not listed for each', async () => {
    const folder = join(root, 'damaged');
    await exportBundle(market.run, folder);
    const file = join(folder, 'candidate-entities.json');
    const text = await readFile(file, 'utf8');
    expect(JSON.parse(text)).toEqual({ company: [] });
    await writeFile(file, text.replace('[]', '[] '));
    expect(await codeOf(openBundle(folder, { runtime: executor }))).toBe(
      'LIMAML_ERR_SERVING_FILE_SIZE',
    );
  });
});
