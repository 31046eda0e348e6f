import type { EncodedColumn, EncodedLog } from '@limaml/data';
import type { JointModel, Registry } from '@limaml/plugin';
import type { ExperimentData } from '../run/experiment-data.js';
import type { ModelData } from '../run/model-data.js';
import type { SeedData } from '../split/seed-data.js';
import type { ExperimentSpec, ModelEntry } from '../spec/schema.js';
import type { TrainingView } from '../training/training-view.js';
import { createEmbeddingColumn, spreadMoments, type EmbeddingColumn } from './embedding-column.js';
import { createEntityData, rowColumns, type EntityData } from './entity-data.js';
import type { SnapshotView } from './snapshots.js';
import { viewAlgorithm } from './view-algorithm.js';

/** What {@link createJointData} works on. */
export interface JointInput {
  readonly spec: Pick<ExperimentSpec, 'entity' | 'split' | 'encoders'>;
  readonly entry: ModelEntry;
  readonly registry: Registry;
  readonly data: ExperimentData;
  readonly seedData: SeedData;
  readonly modelData: ModelData;
}

/** A joint model with what each of its entity types is trained on. */
export interface JointData {
  readonly model: JointModel;
  /** By entity type, the primary one first. */
  readonly entities: ReadonlyMap<string, EntityData>;
  /** What is trained, the primary type first. */
  readonly views: readonly TrainingView[];
  /** What rows read; none where there is one type only. */
  readonly snapshots: readonly SnapshotView[];
  /** Moments of the snapshots. */
  readonly moments: readonly number[];
}

/** Default of `snapshots` in a model entry. */
const SNAPSHOTS = 8;

/**
 * Encodes a log for each entity type of a joint model. Rows have one encoding, that of the primary type, but
 * candidate statistics are *as of* the last moment before a row and not out of fold. Folds of the primary type's
 * tasks would let a job read, in the rates of its support rows, the labels of its query rows; folds of jobs would
 * leave out all that is known of a job. To these features come the embeddings of the other types, as of the same
 * moments.
 */
export function createJointData(input: JointInput): JointData {
  const { spec, entry, seedData, data, modelData } = input;
  const types = typesOf(spec, entry);
  const { trainRows, validation } = seedData;
  const { timestamp } = data.log;
  const moments = spreadMoments(timestamp, trainRows, entry.snapshots ?? SNAPSHOTS);
  const encoded = modelData.encoders.encode(data.log, validation.index, { trainRows, moments });
  const entities = new Map(types.map((type) => [type, entityData(input, type, trainRows)]));
  const model = createModel(input, entities);
  const columns = [...entities.values()].map((entity) => {
    const { embeddingDim } = model.views[entity.type]!;
    return createEmbeddingColumn(entity, embeddingDim, moments, timestamp);
  });
  const places = { input, encoded, entities, model, columns };
  return {
    ...{ model, entities, moments },
    views: types.map((type) => trainingView(places, type)),
    snapshots: types.length < 2 ? [] : types.map((type) => snapshotView(places, type)),
  };
}

function typesOf(
  { entity }: Pick<ExperimentSpec, 'entity'>,
  { entities = [] }: ModelEntry,
): string[] {
  return [entity, ...entities.filter((type) => type !== entity)];
}

function entityData(
  { spec, registry, data, modelData }: JointInput,
  type: string,
  trainRows: Uint8Array,
): EntityData {
  const { rateSmoothing } = spec.encoders;
  const { log } = data;
  const primary = modelData.encoders.schema;
  const entity = registry.get('entity', type);
  const input = { log, entity, trainRows, split: spec.split, rateSmoothing, primary };
  return createEntityData(input, type === spec.entity ? modelData.encoders : undefined);
}

function createModel(
  { spec, entry, registry }: JointInput,
  entities: ReadonlyMap<string, EntityData>,
): JointModel {
  const schemas = [...entities].map(([type, { schema }]) => [type, schema] as const);
  const joint = {
    primary: spec.entity,
    schemas: Object.fromEntries(schemas),
    adapting: entry.entities ?? [],
  };
  return registry.get('model', entry.model).createJoint!(joint, entry.options);
}

interface Places {
  readonly input: JointInput;
  /** The log as the primary type's encoders encode it. */
  readonly encoded: EncodedLog;
  readonly entities: ReadonlyMap<string, EntityData>;
  readonly model: JointModel;
  readonly columns: readonly EmbeddingColumn[];
}

/** The primary type is trained on the episodes of any other model, another type on those of its training rows. */
function trainingView(places: Places, type: string): TrainingView {
  const { input, entities, model } = places;
  const { spec, entry, seedData, modelData } = input;
  const shared = {
    model: model.views[type]!,
    algorithm: viewAlgorithm(entry, type, input.registry),
    weight: entry.entityWeights?.[type] ?? 1,
  };
  if (type === spec.entity) {
    const own = { ...places.encoded, tasks: modelData.training.tasks };
    const encoded = withColumns(own, embeddingsFor(places, type));
    return { ...shared, encoded, tasks: modelData.tasks, limits: seedData.limits };
  }
  const entity = entities.get(type)!;
  const known = Int32Array.from({ length: entity.tasks.taskIds.length - 1 }, (_, task) => task);
  return { ...shared, encoded: encodedFor(places, type), tasks: known, limits: entity.limits };
}

function snapshotView(places: Places, type: string): SnapshotView {
  const { input, entities, model, columns } = places;
  const at = [...entities.keys()].indexOf(type);
  return {
    type,
    model: model.views[type]!,
    algorithm: viewAlgorithm(input.entry, type, input.registry),
    encoded: encodedFor(places, type),
    limits: at === 0 ? input.seedData.limits : entities.get(type)!.limits,
    column: columns[at]!,
  };
}

/** The log as the tasks of one type see it: features of their entities, shared rows, embeddings of other types. */
function encodedFor(places: Places, type: string): EncodedLog {
  const { encoded } = places;
  const { tasks, columns } = places.entities.get(type)!;
  const own = { ...encoded, tasks, columns: { ...rowColumns(encoded), ...columns } };
  return withColumns(own, embeddingsFor(places, type));
}

function embeddingsFor({ entities, columns }: Places, type: string): EmbeddingColumn[] {
  const types = [...entities.keys()];
  return columns.filter((_, at) => types[at] !== type);
}

function withColumns(encoded: EncodedLog, added: readonly EncodedColumn[]): EncodedLog {
  const named = added.map((column) => [column.feature.name, column] as const);
  const columns = { ...encoded.columns, ...Object.fromEntries(named) };
  return { ...encoded, columns, schema: Object.values(columns).map(({ feature }) => feature) };
}
