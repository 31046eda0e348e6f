import type { EncodedFeature, FeatureSchema, InteractionLog } from '@limaml/plugin';
import type { TaskIndex } from '../tasks.js';
import { candidateFeatures, candidateValues } from './encode-candidates.js';
import { createValueEncoder } from './encode.js';
import type { EncodedValues } from './encode.js';
import { encodeLog } from './encode-log.js';
import type { EncodedLog, EncodeOptions } from './encoded-log.js';
import { idLookup, strideOf } from './field.js';
import type { Field, FieldValue } from './field.js';
import { parseState } from './state.js';
import type { EncodersState } from './state.js';

/** A record to encode, by column name. Keys that no feature reads are ignored. */
export type FeatureRecord = Readonly<Record<string, FieldValue>>;

/** Encoded features of one record, by feature name; each `[max(1, width)]`. */
export type EncodedRecord = Record<string, EncodedValues>;

/**
 * Fitted encoders. The same code encodes a log for training and a record at serving: encoding a log's
 * row and encoding the row as a record give equal numbers.
 *
 * A value that was not seen in training gets the id "unseen" (1). A missing value (absent, null, NaN or
 * infinite where a number is due) gets the cold-start default of the entity if it states one, else the
 * training mean, "unseen" or an empty list.
 */
export interface Encoders {
  readonly schema: FeatureSchema;
  /** Encodes a log for batch assembly. */
  encode(log: InteractionLog, tasks: TaskIndex, options?: EncodeOptions): EncodedLog;
  /** Encodes an entity: its columns, and its id as `id`. Without an argument: an unknown entity. */
  encodeEntity(record?: FeatureRecord): EncodedRecord;
  /**
   * Encodes a row (candidate and request): the candidate's columns, its id under the name of its
   * entity type, context columns, and `<type>.<column>` for other entity types.
   */
  encodeRow(record: FeatureRecord): EncodedRecord;
  /** Encodes what came of a past row. */
  encodeOutcome(record: FeatureRecord): EncodedRecord;
  /** For `JSON.stringify`; read back by {@link loadEncoders}. */
  toJSON(): EncodersState;
}

/**
 * Restores encoders from what `JSON.parse(JSON.stringify(encoders))` gives.
 *
 * @throws LIMAML_ERR_DATA_ENCODERS_VERSION when another version of this package wrote it
 * @throws LIMAML_ERR_DATA_ENCODERS_INVALID when it is something else
 */
export function loadEncoders(json: unknown): Encoders {
  return createEncoders(parseState(json));
}

export function createEncoders(state: EncodersState): Encoders {
  const entity = recordEncoder([state.entityId, ...state.entityFields]);
  const row = rowEncoder(state);
  const outcome = recordEncoder(state.outcomes);
  return {
    schema: schemaOf(state),
    encode: (log, tasks, options) => encodeLog(state, log, tasks, options),
    encodeEntity: (record = {}) => entity(record),
    encodeRow: row,
    encodeOutcome: outcome,
    toJSON: () => state,
  };
}

function schemaOf(state: EncodersState): FeatureSchema {
  const features = (fields: readonly Field[]): EncodedFeature[] =>
    fields.map((field) => field.feature);
  return {
    entity: state.entity,
    metaFeatures: state.metaFeatures,
    features: [
      ...features([state.entityId, ...state.entityFields]),
      ...state.references.flatMap(({ id, fields }) => features([id, ...fields])),
      ...candidateFeatures(state),
      ...features([...state.context, ...state.outcomes]),
    ],
  };
}

function recordEncoder(
  fields: readonly Field[],
  keyOf: (column: string) => string = (column) => column,
): (record: FeatureRecord) => EncodedRecord {
  const encoders = fields.map((field) => ({
    name: field.feature.name,
    key: keyOf(field.column),
    encode: createValueEncoder(field),
  }));
  return (record) =>
    Object.fromEntries(encoders.map(({ name, key, encode }) => [name, encode(record[key])]));
}

function rowEncoder(state: EncodersState): (record: FeatureRecord) => EncodedRecord {
  const encoders = [
    recordEncoder(state.context),
    candidateEncoder(state),
    ...state.references.flatMap(({ type, id, fields }) => [
      recordEncoder([id]),
      recordEncoder(fields, (column) => (type === state.candidate ? column : `${type}.${column}`)),
    ]),
  ];
  return (record) =>
    Object.assign({}, ...encoders.map((encode) => encode(record))) as EncodedRecord;
}

function candidateEncoder(state: EncodersState): (record: FeatureRecord) => EncodedRecord {
  const candidate = state.references.find(({ type }) => type === state.candidate)!;
  const idOf = idLookup(candidate.id);
  const values = candidateValues(state);
  const features = candidateFeatures(state).map((feature) => ({
    name: feature.name,
    stride: strideOf(feature),
    all: values[feature.name]!,
  }));
  return (record) => {
    const id = idOf(String(record[state.candidate] ?? ''));
    return Object.fromEntries(
      features.map(({ name, stride, all }) => [name, all.slice(id * stride, (id + 1) * stride)]),
    );
  };
}
