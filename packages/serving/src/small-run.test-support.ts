import { createOrtExecutor, type OrtExecutor } from '@limaml/backend-ort';
import {
  hostTableSpecs,
  initParams,
  maml,
  parameterSpecs,
  type Algorithm,
  type Model,
} from '@limaml/core';
import {
  buildTasks,
  fitEncoders,
  simulatorDataset,
  type Encoders,
  type FitOptions,
  type TaskIndex,
} from '@limaml/data';
import { memberEntity } from '@limaml/entity-member';
import type { FeatureSchema, InteractionLog, MetaEmbeddingStore, Table } from '@limaml/plugin';
import { memoryStore } from '@limaml/store';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BundleSource } from './bundle-source.js';
import { collectCandidates } from './collect-candidates.js';
import { exportBundle } from './export-bundle.js';
import { openBundle, type Bundle } from './open-bundle.js';

/** A small marketplace with its encoders. One member never saw a job. */
export interface SmallMarket {
  readonly log: InteractionLog;
  readonly tasks: TaskIndex;
  readonly encoders: Encoders;
}

/** @param options of the encoders */
export async function smallMarket(options: Partial<FitOptions> = {}): Promise<SmallMarket> {
  const simulated = await simulatorDataset({
    members: 24,
    jobs: 30,
    companies: 6,
    impressionsPerMember: 25,
    seed: 3,
  }).load({ path: undefined });
  const log = withIdleMember(simulated);
  const tasks = buildTasks(log, memberEntity());
  const trainRows = new Uint8Array(log.rows).fill(1);
  return {
    log,
    tasks,
    encoders: fitEncoders(log, memberEntity(), { tasks, trainRows, ...options }),
  };
}

/** Id of a member without interactions. */
export const IDLE = 'idle-member';

function withIdleMember(log: InteractionLog): InteractionLog {
  const { member, ...others } = log.entities;
  const ids = [...member!.ids, IDLE];
  const columns = Object.entries(member!.table.columns).map(([name, column]) => {
    if (column.kind === 'number')
      return [name, { ...column, values: Float64Array.of(...column.values, 3) }];
    if (column.kind === 'category')
      return [name, { ...column, codes: Int32Array.of(...column.codes, 0) }];
    return [name, { ...column, offsets: Int32Array.of(...column.offsets, column.offsets.at(-1)!) }];
  });
  const table = {
    rows: ids.length,
    columns: Object.fromEntries(columns) as Table['columns'],
  };
  return { ...log, entities: { ...others, member: { ...member!, ids, table } } };
}

/** A run of a model whose weights are random: serving does not care how they came about. */
export function randomRun(
  create: (schema: FeatureSchema) => Model,
  { encoders }: SmallMarket,
  algorithm: Algorithm = maml({
    innerSteps: 2,
    innerLearningRate: { initial: 0.4, per: 'element' },
  }),
): BundleSource {
  const model = create(encoders.schema);
  const specs = { ...parameterSpecs(model, algorithm), ...hostTableSpecs(model) };
  return {
    model,
    plugin: { name: model.name, options: {} },
    algorithm,
    schema: encoders.schema,
    encoders: JSON.parse(JSON.stringify(encoders)),
    params: initParams(specs, 5),
    support: { maxSize: 16 },
  };
}

/** Everything a serving test needs, and its end. */
export interface Served {
  readonly bundle: Bundle;
  readonly folder: string;
  readonly store: MetaEmbeddingStore;
  readonly executor: OrtExecutor;
  close(): Promise<void>;
}

export async function serve(source: BundleSource, market: SmallMarket): Promise<Served> {
  const root = await mkdtemp(join(tmpdir(), 'limaml-serving-'));
  const folder = join(root, 'bundle');
  await exportBundle(source, folder, { candidates: collectCandidates(market.log, 'member') });
  const executor = await createOrtExecutor();
  const bundle = await openBundle(folder, { runtime: executor });
  const store = await memoryStore().open('');
  const close = async (): Promise<void> => {
    await store.close();
    await executor.dispose();
    await rm(root, { recursive: true });
  };
  return { bundle, folder, store, executor, close };
}
