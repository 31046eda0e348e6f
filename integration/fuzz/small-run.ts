import {
  hostTableSpecs,
  initParams,
  maml,
  parameterSpecs,
  type ParameterValues,
} from '@limaml/core';
import { buildTasks, fitEncoders, simulatorDataset, type Encoders } from '@limaml/data';
import { memberEntity } from '@limaml/entity-member';
import { limamlModel } from '@limaml/models';
import type { InteractionLog } from '@limaml/plugin';
import { collectCandidates, exportBundle } from '@limaml/serving';

/** A model of a small marketplace. Its weights are random, which no format minds. */
export interface SmallRun {
  readonly log: InteractionLog;
  readonly encoders: Encoders;
  readonly params: ParameterValues;
}

const ALGORITHM = maml({ innerSteps: 1 });

export async function smallRun(): Promise<SmallRun> {
  const size = { members: 24, jobs: 30, companies: 6, impressionsPerMember: 25, seed: 3 };
  const log = await simulatorDataset(size).load({ path: undefined });
  const tasks = buildTasks(log, memberEntity());
  const trainRows = new Uint8Array(log.rows).fill(1);
  const factors = { dim: 4, precision: 20 };
  const encoders = fitEncoders(log, memberEntity(), { tasks, trainRows, factors });
  const model = limamlModel().create(encoders.schema);
  const specs = { ...parameterSpecs(model, ALGORITHM), ...hostTableSpecs(model) };
  return { log, encoders, params: initParams(specs, 1) };
}

/** Exports it as a bundle. */
export async function smallBundle(folder: string): Promise<void> {
  const { log, encoders, params } = await smallRun();
  const run = {
    model: limamlModel().create(encoders.schema),
    algorithm: ALGORITHM,
    plugin: { name: 'limaml', options: {} },
    schema: encoders.schema,
    encoders: JSON.parse(JSON.stringify(encoders)) as unknown,
    params,
    support: { maxSize: 16 },
  };
  await exportBundle(run, folder, { candidates: collectCandidates(log, 'member') });
}
