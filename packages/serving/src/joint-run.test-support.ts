import { hostTableSpecs, initParams, maml, parameterSpecs } from '@limaml/core';
import { buildTasks, fitEncoders, type Encoders, type TaskIndex } from '@limaml/data';
import { limamlModel } from '@limaml/models';
import { defineEntity, type EntityPlugin, type FeatureSchema } from '@limaml/plugin';
import type { BundleSource, JointSource } from './bundle-source.js';
import { smallMarket, type SmallMarket } from './small-run.test-support.js';
import { viewEncoders } from './view-encoders.js';

export const OTHERS = ['job', 'company'] as const;

/** A market seen by members, jobs and companies, and a joint model of them with random weights. */
export interface JointMarket extends SmallMarket {
  readonly tasksOf: Readonly<Record<string, TaskIndex>>;
  /** Each type's entity features, and the row features that all share. */
  readonly encodersOf: Readonly<Record<string, Encoders>>;
  readonly run: BundleSource & { readonly joint: JointSource };
}

/** Entities whose id is in every row. */
function plainEntity(name: string): EntityPlugin {
  return defineEntity({
    name,
    taskId: (interaction) => interaction.entityId(name),
    features: 'dataset',
    metaFeatures: 'all',
    support: { maxSize: 12 },
    coldStart: { defaults: {} },
  });
}

const algorithm = maml({ innerSteps: 2, innerLearningRate: { initial: 0.4, per: 'element' } });
const OPTIONS = { meta: 'entity', candidateDim: 4, featureDim: 3, hidden: 6, tower: [8] };

export async function jointMarket(): Promise<JointMarket> {
  const market = await smallMarket();
  const { log, encoders: primary, tasks } = market;
  const trainRows = new Uint8Array(log.rows).fill(1);
  const fitted = OTHERS.map((type) => {
    const entity = plainEntity(type);
    const own = buildTasks(log, entity);
    const encoders = fitEncoders(log, entity, { tasks: own, trainRows });
    return { type, tasks: own, encoders };
  });
  const encodersOf: Record<string, Encoders> = { member: primary };
  for (const { type, encoders } of fitted) encodersOf[type] = viewEncoders(encoders, primary);
  const tasksOf = Object.fromEntries(fitted.map((one) => [one.type, one.tasks]));
  const raw = Object.fromEntries(fitted.map(({ type, encoders }) => [type, encoders]));
  const run = jointRun(encodersOf, { member: primary, ...raw });
  return { ...market, tasksOf: { member: tasks, ...tasksOf }, encodersOf, run };
}

function jointRun(
  views: Readonly<Record<string, Encoders>>,
  raw: Readonly<Record<string, Encoders>>,
): JointMarket['run'] {
  const schemas: Record<string, FeatureSchema> = {};
  for (const [type, { schema }] of Object.entries(views)) schemas[type] = schema;
  const types = Object.keys(views);
  const model = limamlModel().createJoint!(
    { primary: 'member', schemas, adapting: types },
    OPTIONS,
  );
  const specs = Object.values(model.views).map((view) => ({
    ...parameterSpecs(view, algorithm),
    ...hostTableSpecs(view),
  }));
  const parts = types.map((type) => [
    type,
    {
      ...{ algorithm, schema: schemas[type]!, support: { maxSize: 12 } },
      encoders: JSON.parse(JSON.stringify(raw[type])) as unknown,
    },
  ]);
  const entities = Object.fromEntries(parts) as JointSource['entities'];
  return {
    ...entities.member!,
    model: model.views.member!,
    plugin: { name: 'limaml', options: OPTIONS },
    params: initParams(Object.assign({}, ...specs) as (typeof specs)[number], 5),
    joint: { model, entities },
  };
}
