import type { EncodedFeature } from '@limaml/plugin';
import { featureMissing } from '../errors.js';
import { candidateFeatures, candidateValues } from './encode-candidates.js';
import { copyEntry, createValueWriter, emptyEntries } from './encode.js';
import type { EncodedValues } from './encode.js';
import { idLookup, strideOf } from './field.js';
import type { Field, FieldValue } from './field.js';
import type { EncodersState } from './state.js';

/** A record to encode, by column name. Keys that no feature reads are ignored. */
export type FeatureRecord = Readonly<Record<string, FieldValue>>;

/** Encoded features of one record, by feature name; each `[max(1, width)]`. */
export type EncodedRecord = Record<string, EncodedValues>;

/**
 * Writes some features of a row into arrays, one for each feature in the order they were named, each
 * `[rows, max(1, width)]`.
 * @param context columns that the record does not have
 */
export type RowWriter = (
  record: FeatureRecord,
  into: readonly EncodedValues[],
  row: number,
  context?: FeatureRecord,
) => void;

/** Writes one feature. */
interface FeatureWriter {
  readonly feature: EncodedFeature;
  readonly write: (
    record: FeatureRecord,
    into: EncodedValues,
    row: number,
    context: FeatureRecord | undefined,
  ) => void;
}

/** Writers of features that each come from a column. */
export function fieldWriters(
  fields: readonly Field[],
  keyOf: (column: string) => string = (column) => column,
): FeatureWriter[] {
  return fields.map((field) => {
    const key = keyOf(field.column);
    const stride = strideOf(field.feature);
    const write = createValueWriter(field);
    return {
      feature: field.feature,
      write: (record, into, row, context) => {
        write(valueOf(record, key, context), into, row * stride);
      },
    };
  });
}

/** Writers of all features of a row: see `Encoders.encodeRow`. */
export function rowWriters(state: EncodersState): FeatureWriter[] {
  return [
    ...fieldWriters(state.context),
    ...candidateWriters(state),
    ...state.references.flatMap(({ type, id, fields }) => [
      ...fieldWriters([id]),
      ...fieldWriters(fields, (column) =>
        type === state.candidate ? column : `${type}.${column}`,
      ),
    ]),
  ];
}

function candidateWriters(state: EncodersState): FeatureWriter[] {
  const candidate = state.references.find(({ type }) => type === state.candidate)!;
  const idOf = idLookup(candidate.id);
  const values = candidateValues(state);
  return candidateFeatures(state).map((feature) => {
    const all = values[feature.name]!;
    const stride = strideOf(feature);
    return {
      feature,
      write: (record, into, row, context) => {
        const id = idOf(String(valueOf(record, state.candidate, context) ?? ''));
        copyEntry(all, id * stride, into, row * stride, stride);
      },
    };
  });
}

/** What `{ ...context, ...record }` would have, without making it. */
function valueOf(
  record: FeatureRecord,
  key: string,
  context: FeatureRecord | undefined,
): FieldValue {
  const value = record[key];
  if (value !== undefined || context === undefined || Object.hasOwn(record, key)) return value;
  return context[key];
}

/** Encodes records to arrays of their own. */
export function recordEncoder(
  writers: readonly FeatureWriter[],
): (record: FeatureRecord) => EncodedRecord {
  return (record) =>
    Object.fromEntries(
      writers.map(({ feature, write }) => {
        const encoded = emptyEntries(feature);
        write(record, encoded, 0, undefined);
        return [feature.name, encoded];
      }),
    );
}

/** @throws LIMAML_ERR_DATA_FEATURE_MISSING */
export function chooseWriters(
  writers: readonly FeatureWriter[],
  names: readonly string[],
): RowWriter {
  const known = new Map(writers.map((writer) => [writer.feature.name, writer.write]));
  const chosen = names.map((name) => {
    const write = known.get(name);
    if (write === undefined) throw featureMissing(name, [...known.keys()]);
    return write;
  });
  return (record, into, row, context) => {
    for (let at = 0; at < chosen.length; at++) chosen[at]!(record, into[at]!, row, context);
  };
}
