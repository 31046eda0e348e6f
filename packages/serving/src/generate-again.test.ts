import { buildTasks, simulatorDataset } from '@limaml/data';
import { memberEntity } from '@limaml/entity-member';
import type { TensorMap } from '@limaml/graph';
import type { InteractionLog, LogParts, MetaEmbeddingStore } from '@limaml/plugin';
import { memoryStore } from '@limaml/store';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { codeOf } from './code-of.test-support.js';
import type { DeadLetter } from './dead-letters.js';
import {
  generateEmbeddings,
  rehearseGeneration,
  type GenerateOptions,
} from './generate-embeddings.js';
import { plainModel } from './models.test-support.js';
import type { Bundle } from './open-bundle.js';
import { randomRun, serve, smallMarket, type Served } from './small-run.test-support.js';

const dataset = simulatorDataset({ members: 60, jobs: 30, companies: 6, impressionsPerMember: 8 });

let served: Served;
let log: InteractionLog;
let store: MetaEmbeddingStore;
let folder: string;

beforeAll(async () => {
  const market = await smallMarket();
  served = await serve(randomRun(plainModel('history'), market), market);
  log = await dataset.load({ path: undefined });
});

beforeEach(async () => {
  store = await memoryStore().open('');
  folder = await mkdtemp(join(tmpdir(), 'limaml-anew-'));
});

afterEach(() => rm(folder, { recursive: true }));
afterAll(() => served.close());

type Extra = Partial<Omit<GenerateOptions, 'log' | 'tasks' | 'parts' | 'entity'>>;

const wholeLog = (of: InteractionLog) => ({ log: of, tasks: buildTasks(of, memberEntity()) });
const generate = (of: InteractionLog, options: Extra = {}) =>
  generateEmbeddings({ ...wholeLog(of), bundle: served.bundle, store, ...options });

/** The log as it was at a moment. */
function logUntil(moment: number): InteractionLog {
  const member = log.refs.member!.map((ref, row) => (log.timestamp[row]! <= moment ? ref : -1));
  return { ...log, refs: { ...log.refs, member } };
}

/** The moment before which a share of the interactions lie. */
function quantile(share: number): number {
  return [...log.timestamp].sort((a, b) => a - b)[Math.floor(share * log.rows)]!;
}

async function vectorsOf(from: MetaEmbeddingStore): Promise<Record<string, number[]>> {
  const vectors: Record<string, number[]> = {};
  for await (const rows of from.entries('member'))
    rows.ids.forEach((id, row) => {
      vectors[id] = [...rows.vectors.subarray(row * 4, (row + 1) * 4)];
    });
  return vectors;
}

/** The log, with labels of one member that no inner loop survives. */
function withAbsurdLabels(id: string): InteractionLog {
  const at = log.entities.member!.ids.indexOf(id);
  const label = log.label.map((value, row) => (log.refs.member![row] === at ? 3e38 : value));
  return { ...log, label };
}

describe('an incremental generation', () => {
  it('gives the vectors of a full one, and keeps those of entities without news', async () => {
    const moment = quantile(0.95);
    const first = await generate(logUntil(moment));
    expect(first.version.through).toBeLessThanOrEqual(moment);
    const report = await generate(log, { since: 'previous' });
    const full = await memoryStore().open('');
    const everything = await generate(log, { store: full });
    expect(await vectorsOf(store)).toEqual(await vectorsOf(full));
    expect(report.generated).toBeGreaterThan(0);
    expect(report.carriedOver).toBeGreaterThan(0);
    expect(report.generated + report.carriedOver).toBe(60);
    const { onPrior, version, norms } = report;
    expect({ onPrior, through: version.through, ...norms }).toEqual({
      ...{ onPrior: everything.onPrior, through: everything.version.through },
      ...everything.norms,
    });
    expect(report.drift).toMatchObject({ version: 1, comparable: true });
    expect(report.drift!.entities).toBe(report.generated);
  });

  it('computes nothing where nothing is new, and leaves refreshed vectors alone', async () => {
    await generate(log);
    const { fingerprint } = served.bundle.manifest;
    await store.refresh('member', fingerprint, 'member-3', Float32Array.of(1, 2, 3, 4));
    const report = await generate(log, { since: 'previous' });
    expect(report).toMatchObject({ generated: 0, carriedOver: 60, coverage: 1 });
    expect((await vectorsOf(store))['member-3']).toEqual([1, 2, 3, 4]);
  });

  it('generates what is new after a moment, and entities that the version before lacks', async () => {
    await generate(log);
    await store.delete('member', 'member-3');
    const report = await generate(log, { since: quantile(1 - 1 / log.rows) });
    expect(report.version.count).toBe(60);
    expect(report.generated).toBeLessThan(4);
    expect((await vectorsOf(store))['member-3']).toHaveLength(4);
  });

  it('is refused without a version before, without its moment, or from another bundle', async () => {
    const code = 'LIMAML_ERR_SERVING_INCREMENTAL_REFUSED';
    expect(await codeOf(generate(log, { since: 'previous' }))).toBe(code);
    for (const bundle of [served.bundle.manifest.fingerprint, 'another']) {
      await (await store.begin({ entity: 'member', bundle, dim: 4 })).publish();
      expect(await codeOf(generate(log, { since: 'previous' }))).toBe(code);
    }
    expect(await codeOf(generate(log, { since: 0 }))).toBe(code);
  });

  it('stops when another version becomes current meanwhile', async () => {
    await generate(log);
    await generate(log);
    const rollBack = once(() => void store.rollback('member'));
    const parts = await openParts(7);
    const options = { parts, entity: memberEntity(), bundle: served.bundle, store };
    const moved = generateEmbeddings({ ...options, onProgress: rollBack });
    expect(await codeOf(moved)).toBe('LIMAML_ERR_SERVING_CURRENT_MOVED');
    await parts.close();
  });
});

function once(work: () => void): () => void {
  let left = 1;
  return () => {
    if (left-- === 1) work();
  };
}

const openParts = (entitiesPerPart: number): Promise<LogParts> =>
  dataset.openParts!(
    { path: undefined },
    { entity: 'member', newest: 16, entitiesPerPart },
  ) as Promise<LogParts>;

async function generateParts(options: Extra = {}) {
  const parts = await openParts(7);
  try {
    const source = { parts, entity: memberEntity(), bundle: served.bundle, store };
    return await generateEmbeddings({ ...source, ...options });
  } finally {
    await parts.close();
  }
}

/** Stops a generation when some entities are done. */
async function interrupt(after: number, options: Extra = {}): Promise<void> {
  const controller = new AbortController();
  const stopped = generateParts({
    ...options,
    signal: controller.signal,
    onProgress: ({ done }) => {
      if (done >= after) controller.abort();
    },
  });
  expect(await codeOf(stopped)).toBe('LIMAML_ERR_SERVING_GENERATION_ABORTED');
}

describe('a generation that was interrupted', () => {
  it('is resumed where it stopped, and ends as an uninterrupted one', async () => {
    const { version: whole, ...expected } = await generateParts();
    const vectors = await vectorsOf(store);
    store = await memoryStore().open('');
    await interrupt(20);
    await interrupt(45, { resume: true });
    const { version, resumed, ...figures } = await generateParts({ resume: true });
    expect(resumed).toBeGreaterThanOrEqual(35);
    expect({ ...figures, resumed: 0, seconds: expected.seconds }).toEqual(expected);
    expect(version).toMatchObject({ count: 60, through: whole.through });
    expect(await vectorsOf(store)).toEqual(vectors);
  });

  it('begins anew unless told to resume, and where the log has changed', async () => {
    await interrupt(30);
    expect(await generateParts()).toMatchObject({ resumed: 0 });
    await interrupt(30);
    expect(await generate(log, { resume: true, since: 0 })).toMatchObject({ resumed: 0 });
    await interrupt(30);
    const shorter = logUntil(quantile(0.5));
    expect(await generate({ ...shorter, rows: shorter.rows - 1 }, { resume: true })).toMatchObject({
      resumed: 0,
    });
  });
});

describe('dead letters', () => {
  const lettersIn = async (file: string): Promise<DeadLetter[]> =>
    (await readFile(file, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as DeadLetter);

  it('name every entity that got no vector, and why', async () => {
    const file = join(folder, 'dead.jsonl');
    const report = await generate(withAbsurdLabels('member-5'), { deadLetters: file });
    expect(report).toMatchObject({ failed: { count: 1, examples: ['member-5'] } });
    const [letter, ...others] = await lettersIn(file);
    expect(others).toEqual([]);
    expect(letter).toMatchObject({
      entity: 'member-5',
      code: 'LIMAML_ERR_SERVING_EMBEDDING_NOT_FINITE',
    });
    expect(letter!.support).toBeGreaterThan(0);
    await generate(log, { deadLetters: file });
    expect(await readdir(folder)).toEqual([]);
  });

  it('take ids that the store cannot hold: the others get their vectors', async () => {
    const file = join(folder, 'dead.jsonl');
    const { member, ...others } = log.entities;
    const ids = member!.ids.map((id, at) => (at % 20 === 3 ? `${'x'.repeat(2000)}${at}` : id));
    const odd = { ...log, entities: { ...others, member: { ...member!, ids } } };
    const report = await generate(odd, { deadLetters: file });
    expect(report).toMatchObject({ failed: { count: 3 }, coverage: 57 / 60 });
    expect(report.version.count).toBe(57);
    const letters = await lettersIn(file);
    expect(letters.map(({ code }) => code)).toEqual(Array(3).fill('LIMAML_ERR_STORE_ID_INVALID'));
  });

  /** The bundle on a runtime that throws where labels are beyond what it takes. */
  const picky = (greatest: number): Bundle => {
    const { adapt } = served.bundle;
    const run = (feeds: TensorMap): Promise<TensorMap> =>
      feeds['support/label']!.data.some((label) => label > greatest)
        ? Promise.reject(new Error('a label is out of range'))
        : adapt.run(feeds);
    const { inputs, outputs } = adapt;
    return { ...served.bundle, adapt: { inputs, outputs, run, dispose: () => adapt.dispose() } };
  };

  it('name an entity that the runtime throws at; the others of its batch get their vectors', async () => {
    const file = join(folder, 'dead.jsonl');
    await generate(log);
    const expected = await vectorsOf(store);
    const again = { bundle: picky(2), deadLetters: file };
    const report = await generate(withAbsurdLabels('member-5'), again);
    expect(report).toMatchObject({ failed: { count: 1, examples: ['member-5'] } });
    const letters = await lettersIn(file);
    expect(letters).toMatchObject([
      { entity: 'member-5', code: 'LIMAML_ERR_SERVING_ADAPTATION_FAILED' },
    ]);
    expect(letters[0]!.reason).toContain('a label is out of range');
    const others = Object.entries(expected).filter(([id]) => id !== 'member-5');
    const stored = await vectorsOf(store);
    expect(Object.keys(stored).sort()).toEqual(others.map(([id]) => id).sort());
    for (const [id, vector] of others)
      expect(stored[id]).toEqual(vector.map((value) => expect.closeTo(value, 5) as number));
  });

  it('are no place for everybody: a runtime that always throws fails the job', async () => {
    const failed = generate(log, { bundle: picky(-1) });
    await expect(failed).rejects.toThrow('a label is out of range');
    expect(await store.current('member')).toBeUndefined();
  });

  it('fail the job where they cannot be written', async () => {
    const file = join(folder, 'no/such/folder.jsonl');
    const failed = generate(withAbsurdLabels('member-5'), { deadLetters: file });
    expect(await codeOf(failed)).toBe('LIMAML_ERR_SERVING_DEAD_LETTERS');
    expect(await store.current('member')).toBeUndefined();
  });
});

describe('the publish gate', () => {
  it.each([
    [{ minCoverage: 1 }, 'coverage'],
    [{ maxFailedShare: 0.01 }, 'failedShare'],
    [{ maxOnPriorShare: 0.01 }, 'onPriorShare'],
  ])('refuses what is outside %j, and keeps the version before', async (gate, figure) => {
    await generate(log);
    const refused = generate(withAbsurdLabels('member-5'), { gate });
    await expect(refused).rejects.toMatchObject({
      code: 'LIMAML_ERR_SERVING_PUBLISH_REFUSED',
      where: { [figure]: expect.any(Number) as number },
    });
    expect((await store.current('member'))!.version).toBe(1);
    expect((await store.begin({ ...(await store.current('member'))!, resume: true })).marker).toBe(
      undefined,
    );
  });

  it('sees a log that lost entities, and vectors that drifted', async () => {
    await generate(log);
    const { member, ...others } = log.entities;
    const ids = member!.ids.map((id, at) => (at < 30 ? id : `new-${at}`));
    const renamed = { ...log, entities: { ...others, member: { ...member!, ids } } };
    await expect(generate(renamed, { gate: { minCoverage: 0.9 } })).resolves.toBeDefined();
    const flipped = { ...log, label: log.label.map((value) => 1 - value) };
    const drifted = generate(flipped, { gate: { maxDrift: 1e-6 } });
    await expect(drifted).rejects.toThrow(/PUBLISH_REFUSED.*drift .* is over 0\.000001/s);
    await expect(generate(log, { gate: { maxDrift: 2 } })).resolves.toBeDefined();
  });

  it('does not compare with vectors of another bundle', async () => {
    const writer = await store.begin({ entity: 'member', bundle: 'another', dim: 4 });
    await writer.put(['member-1'], Float32Array.of(1, -1, 1, -1));
    await writer.publish();
    const report = await generate(log, { gate: { maxDrift: 0 } });
    expect(report.drift).toMatchObject({ version: 1, comparable: false, entities: 1 });
  });

  it.each([{ minCoverage: 2 }, { maxDrift: NaN }, { maxdrift: 1 }])(
    'refuses the bounds %j',
    async (gate) => {
      expect(await codeOf(generate(log, { gate }))).toBe('LIMAML_ERR_SERVING_GATE_INVALID');
    },
  );
});

describe('a rehearsal', () => {
  it('gives the figures of a generation and leaves the store as it is', async () => {
    await generate(logUntil(quantile(0.8)));
    const options = { ...wholeLog(log), bundle: served.bundle, store };
    const rehearsed = await rehearseGeneration({ ...options, since: 'previous' });
    expect(await store.versions('member')).toHaveLength(1);
    const { seconds } = rehearsed;
    const generated = await generate(log, { since: 'previous' });
    expect({ ...generated, seconds }).toMatchObject(rehearsed);
    const refused = rehearseGeneration({ ...options, gate: { maxOnPriorShare: 0 } });
    expect(await codeOf(refused)).toBe('LIMAML_ERR_SERVING_PUBLISH_REFUSED');
  });
});
