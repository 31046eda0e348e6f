import type { EncodedFeature, FeatureSchema, InteractionLog } from '@limaml/plugin';
import type { TaskIndex } from '../tasks.js';
import { candidateFeatures } from './encode-candidates.js';
import { encodeLog } from './encode-log.js';
import type { EncodedLog, EncodeOptions } from './encoded-log.js';
import type { Field } from './field.js';
import { chooseWriters, fieldWriters, recordEncoder, rowWriters } from './record-writer.js';
import type { EncodedRecord, FeatureRecord, RowWriter } from './record-writer.js';
import { parseState } from './state.js';
import type { EncodersState } from './state.js';

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
  /**
   * Makes a writer of some features of rows, the numbers of {@link encodeRow}: it allocates nothing for a row.
   * @throws LIMAML_ERR_DATA_FEATURE_MISSING for a feature that rows do not have
   */
  createRowWriter(features: readonly string[]): RowWriter;
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
  const entity = recordEncoder(fieldWriters([state.entityId, ...state.entityFields]));
  const rows = rowWriters(state);
  const outcome = recordEncoder(fieldWriters(state.outcomes));
  return {
    schema: schemaOf(state),
    encode: (log, tasks, options) => encodeLog(state, log, tasks, options),
    encodeEntity: (record = {}) => entity(record),
    encodeRow: recordEncoder(rows),
    createRowWriter: (features) => chooseWriters(rows, features),
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
    ...(state.statistics.logit ? {} : { labelMean: state.statistics.globalRate }),
  };
}
