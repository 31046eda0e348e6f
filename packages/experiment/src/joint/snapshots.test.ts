import { createOrtExecutor } from '@limaml/backend-ort';
import { hostTableSpecs, initParams, parameterSpecs, type ParameterValues } from '@limaml/core';
import type { EncodedColumn } from '@limaml/data';
import { companyEntity } from '@limaml/entity-company';
import { jobEntity } from '@limaml/entity-job';
import type { Executor } from '@limaml/graph';
import { limamlModel } from '@limaml/models';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testRegistry, testSpec } from '../fixtures.test-support.js';
import { loadExperimentData } from '../run/experiment-data.js';
import { encodeForSeed } from '../run/model-data.js';
import { createSeedData } from '../split/create-seed-data.js';
import { createJointData, type JointData, type JointInput } from './joint-data.js';
import { createSnapshots } from './snapshots.js';

const ALL = ['member', 'job', 'company'];
const registry = testRegistry().use(jobEntity()).use(companyEntity()).use(limamlModel());
let executor: Executor;

beforeAll(async () => {
  executor = await createOrtExecutor();
});

afterAll(async () => {
  await executor.dispose?.();
  await registry.dispose();
});

/** A joint model to be made on a small log, a ninth of whose rows name no company. */
async function jointInput(): Promise<JointInput> {
  const options = { meta: 'entity', tower: [4], candidateDim: 3 };
  const models = [{ name: 'joint', model: 'limaml', options, entities: ALL, snapshots: 3 }];
  const factors = { dim: 2 };
  const spec = testSpec({ models, encoders: { factors } });
  const { log, ...read } = await loadExperimentData(spec, registry);
  const company = log.refs.company!.map((ref, row) => (row % 9 ? ref : -1));
  const data = { ...read, log: { ...log, refs: { ...log.refs, company } } };
  const seedData = createSeedData(data, spec, 1);
  const modelData = encodeForSeed(data, seedData, spec.encoders, false);
  return { spec, entry: spec.models[0]!, registry, data, seedData, modelData };
}

function randomValues({ views }: JointData): ParameterValues {
  const specs = views.map(({ model, algorithm }) => ({
    ...parameterSpecs(model, algorithm),
    ...hostTableSpecs(model),
  }));
  return initParams(Object.assign({}, ...specs) as (typeof specs)[number], 5);
}

/** What every row of the log reads that is made from labels: embeddings of each type, statistics, factors. */
async function columnsOf(data: JointData, values: ParameterValues): Promise<EncodedColumn[]> {
  const snapshots = createSnapshots(data.snapshots, data.moments, executor);
  await snapshots.refresh(values);
  await snapshots.dispose();
  const { columns } = data.views[0]!.encoded;
  const statistics = ['row.like_rate', 'row.mean_dwell', 'row.factors', 'row.factor_mean'];
  return [
    ...data.snapshots.map(({ column }) => column),
    ...statistics.map((name) => columns[name]!),
  ];
}

/** The numbers of one row. */
function entryOf({ data, index, stride }: EncodedColumn, row: number): number[] {
  const entry = index![row]!;
  return [...data.subarray(entry * stride, (entry + 1) * stride)];
}

function entriesOf(columns: readonly EncodedColumn[], rows: number): number[][][] {
  return columns.map((column) => Array.from({ length: rows }, (_, row) => entryOf(column, row)));
}

describe('snapshots', () => {
  it('know nothing of labels from a row on: later ones change later rows only', async () => {
    const input = await jointInput();
    const { log } = input.data;
    const first = createJointData(input);
    const values = randomValues(first);
    const before = entriesOf(await columnsOf(first, values), log.rows);
    const [, moment, next] = first.moments as [number, number, number];
    log.label.forEach((value, row) => {
      if (log.timestamp[row]! >= moment) log.label[row] = 1 - value;
    });
    const after = entriesOf(await columnsOf(createJointData(input), values), log.rows);
    const training = input.seedData.trainRows;
    const changed = before.map(() => 0);
    before.forEach((rows, column) => {
      rows.forEach((entry, row) => {
        if (!training[row] || isDeepStrictEqual(entry, after[column]![row])) return;
        expect(log.timestamp[row]).toBeGreaterThanOrEqual(next);
        changed[column]!++;
      });
    });
    // The dwell time was left as it was.
    const moved = changed.map((count) => count > 0);
    expect(moved).toEqual([true, true, true, true, false, true, true]);
  });

  it('never hold a label of a held-out task', async () => {
    const input = await jointInput();
    const { log } = input.data;
    const first = createJointData(input);
    const values = randomValues(first);
    const before = entriesOf(await columnsOf(first, values), log.rows);
    const training = input.seedData.trainRows;
    log.label.forEach((value, row) => {
      if (!training[row]) log.label[row] = 1 - value;
    });
    const after = await columnsOf(createJointData(input), values);
    expect(entriesOf(after, log.rows)).toEqual(before);
    expect(training).toContain(0);
  });

  it('are the same whatever was made before, and other ones for other weights', async () => {
    const data = createJointData(await jointInput());
    const rows = data.views[0]!.encoded.label.length;
    const made = async (values: ParameterValues) => entriesOf(await columnsOf(data, values), rows);
    const [values, others] = [randomValues(data), randomValues(data)];
    others['meta/job/offset']!.data.fill(0.5);
    const first = await made(values);
    expect(await made(others)).not.toEqual(first);
    expect(await made(values)).toEqual(first);
  });

  it('give rows without an entity the prior on default features, and rows before the first moment priors', async () => {
    const input = await jointInput();
    const { log } = input.data;
    const data = createJointData(input);
    await columnsOf(data, randomValues(data));
    const { column, encoded } = data.snapshots[2]!;
    const { entities, stride, index } = column;
    const unknown = encoded.tasks.taskIds.length - 1;
    expect(entities).toBe(unknown + 1);
    const entry = (at: number): number[] => [
      ...column.data.subarray(at * stride, (at + 1) * stride),
    ];
    const missing = [...log.refs.company!].flatMap((ref, row) => (ref < 0 ? [row] : []));
    expect(missing.length).toBeGreaterThan(10);
    for (const row of missing) expect(entry(index![row]!)).toEqual(entry(unknown));
    expect(entry(unknown).some((value) => value !== 0)).toBe(true);
    log.timestamp.forEach((time, row) => {
      expect(index![row]! < entities).toBe(time < data.moments[0]!);
    });
  });
});
