import { createOrtExecutor } from '@limaml/backend-ort';
import { hostTableSpecs, initParams, parameterSpecs, type ParameterValues } from '@limaml/core';
import { companyEntity } from '@limaml/entity-company';
import { jobEntity } from '@limaml/entity-job';
import type { Executor } from '@limaml/graph';
import { limamlModel } from '@limaml/models';
import type { InteractionLog } from '@limaml/plugin';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testRegistry, testSpec } from '../fixtures.test-support.js';
import { loadExperimentData } from '../run/experiment-data.js';
import { encodeForSeed } from '../run/model-data.js';
import { createSeedData } from '../run/seed-data.js';
import { createJointData, type JointData } from './joint-data.js';
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

/** A joint model on a small log, one job of which was seen by held-out members only. */
async function jointData(): Promise<JointData & { log: InteractionLog }> {
  const options = { meta: 'entity', tower: [4], candidateDim: 3 };
  const models = [{ name: 'joint', model: 'limaml', options, entities: ALL, snapshots: 3 }];
  const spec = testSpec({ models });
  const read = await loadExperimentData(spec, registry);
  const refs = {
    ...read.log.refs,
    company: read.log.refs.company!.map((ref, row) => (row % 9 ? ref : -1)),
  };
  const data = { ...read, log: { ...read.log, refs } };
  const seedData = createSeedData(data, spec, 1);
  const modelData = encodeForSeed(data, seedData, spec.encoders, false);
  const input = { spec, entry: spec.models[0]!, registry, data, seedData, modelData };
  return { ...createJointData(input), log: data.log };
}

function randomValues({ views }: JointData): ParameterValues {
  const specs = views.map(({ model, algorithm }) => ({
    ...parameterSpecs(model, algorithm),
    ...hostTableSpecs(model),
  }));
  return initParams(Object.assign({}, ...specs) as (typeof specs)[number], 5);
}

/** What every row of the log reads of each other type. */
async function columnsOf(data: JointData, values: ParameterValues): Promise<Float32Array[]> {
  const snapshots = createSnapshots(data.snapshots, data.moments, executor);
  await snapshots.refresh(values);
  await snapshots.dispose();
  return data.snapshots.map(({ column: { data: all, index, stride } }) => {
    const rows = new Float32Array(index!.length * stride);
    index!.forEach((entry, row) => {
      rows.set(all.subarray(entry * stride, (entry + 1) * stride), row * stride);
    });
    return rows;
  });
}

describe('snapshots', () => {
  it('know nothing of labels from a row on: later ones change later rows only', async () => {
    const data = await jointData();
    const values = randomValues(data);
    const before = await columnsOf(data, values);
    const { timestamp, label } = data.log;
    const moment = data.moments[1]!;
    const isLater = (row: number): boolean => timestamp[row]! >= moment;
    label.forEach((value, row) => {
      if (isLater(row)) label[row] = 1 - value;
    });
    const after = await columnsOf(data, values);
    let changed = 0;
    before.forEach((rows, type) => {
      const { stride } = data.snapshots[type]!.column;
      rows.forEach((value, at) => {
        const other = after[type]![at]! !== value;
        if (other)
          expect(timestamp[Math.floor(at / stride)]!).toBeGreaterThanOrEqual(data.moments[2]!);
        changed += Number(other);
      });
    });
    expect(changed).toBeGreaterThan(0);
  });

  it('never hold a label of a held-out task', async () => {
    const data = await jointData();
    const values = randomValues(data);
    const before = await columnsOf(data, values);
    const used = new Set(data.snapshots[0]!.encoded.tasks.rows);
    data.log.label.forEach((value, row) => {
      if (!used.has(row)) data.log.label[row] = 1 - value;
    });
    expect(await columnsOf(data, values)).toEqual(before);
    expect(used.size).toBeLessThan(data.log.rows);
  });

  it('are the same whatever was made before, and other ones for other weights', async () => {
    const data = await jointData();
    const [values, others] = [randomValues(data), randomValues(data)];
    others['meta/job/offset']!.data.fill(0.5);
    const first = await columnsOf(data, values);
    expect(await columnsOf(data, others)).not.toEqual(first);
    expect(await columnsOf(data, values)).toEqual(first);
  });

  it('give rows without an entity the prior on default features, and rows before the first moment priors', async () => {
    const data = await jointData();
    await columnsOf(data, randomValues(data));
    const { column, encoded } = data.snapshots[2]!;
    const { entities, stride, index } = column;
    const unknown = encoded.tasks.taskIds.length - 1;
    expect(entities).toBe(unknown + 1);
    const entry = (at: number): number[] => [
      ...column.data.subarray(at * stride, (at + 1) * stride),
    ];
    const missing = [...data.log.refs.company!].flatMap((ref, row) => (ref < 0 ? [row] : []));
    expect(missing.length).toBeGreaterThan(10);
    for (const row of missing) expect(entry(index![row]!)).toEqual(entry(unknown));
    expect(entry(unknown).some((value) => value !== 0)).toBe(true);
    data.log.timestamp.forEach((time, row) => {
      expect(index![row]! < entities).toBe(time < data.moments[0]!);
    });
  });
});
