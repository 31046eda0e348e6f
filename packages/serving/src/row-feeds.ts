import type { EncodedRecord, FeatureRecord } from '@limaml/data';
import type { TensorData, TensorMap, TensorSpec } from '@limaml/graph';
import { emptyTensor } from './feeds.js';
import type { Bundle } from './open-bundle.js';

/** A candidate: its id, or its raw features (its id among them, under the name of its entity type). */
export type CandidateInput = string | FeatureRecord;

/** A row to encode: a candidate and the request it is shown in. */
export interface RowInput {
  readonly candidate: CandidateInput;
  readonly context?: FeatureRecord | undefined;
}

/** Encodes rows for the models of one bundle. */
export interface RowEncoder {
  /**
   * Tensors for the row features of a model, by input name: `[1, rows, …]` zeros.
   * @param inputs inputs of the model, those that are no row features included
   * @param prefix what stands before a row feature's name: `support/` or nothing
   */
  allocate(inputs: Readonly<Record<string, TensorSpec>>, rows: number, prefix?: string): TensorMap;
  /** Overwrites such tensors with the features of as many rows. */
  fill(into: TensorMap, rows: readonly RowInput[], prefix?: string): void;
}

/**
 * Candidates known by id are copied from the bundle's candidate table; others are encoded from their
 * raw features. A candidate id that is in neither gets the "unseen" id and the statistics of the
 * average candidate, as in training.
 */
export function createRowEncoder({ encoders, candidates }: Bundle): RowEncoder {
  const positions = new Map(candidates.ids.map((id, at) => [id, at]));
  const type = encoders.toJSON().candidate;
  const positionOf = ({ candidate }: RowInput): number | undefined =>
    typeof candidate === 'string' ? positions.get(candidate) : undefined;
  const encode = ({ candidate, context }: RowInput): EncodedRecord => {
    const raw = typeof candidate === 'string' ? { [type]: candidate } : candidate;
    return encoders.encodeRow({ ...context, ...raw });
  };
  // Of a known candidate only the context is encoded, and that once for all that share it.
  const encodeContext = newest((context: FeatureRecord | undefined) =>
    encoders.encodeRow({ ...context }),
  );
  return {
    allocate(inputs, rows, prefix = '') {
      const names = Object.keys(inputs).filter((name) => name.startsWith(`${prefix}row.`));
      return Object.fromEntries(names.map((name) => [name, emptyTensor(inputs[name]!, [1, rows])]));
    },
    fill(into, rows, prefix = '') {
      for (let at = 0; at < rows.length; at++) {
        const row = rows[at]!;
        const position = positionOf(row);
        const record = position === undefined ? encode(row) : undefined;
        for (const name in into) {
          const feature = name.slice(prefix.length);
          const column = candidates.columns[feature];
          if (column === undefined || position === undefined)
            copyEntry((record ?? encodeContext(row.context))[feature]!, 0, into[name]!, at, rows);
          else copyEntry(column.data, position, into[name]!, at, rows);
        }
      }
    },
  };
}

/** Copies one entry of a row-major table to one row of a tensor. */
function copyEntry(
  from: TensorData['data'] | EncodedRecord[string],
  entry: number,
  { data }: TensorData,
  row: number,
  rows: readonly RowInput[],
): void {
  const stride = data.length / rows.length;
  for (let step = 0; step < stride; step++) {
    data[row * stride + step] = from[entry * stride + step]!;
  }
}

/** Keeps the newest value: a request has one context for all its candidates. */
function newest<Key, Value>(make: (key: Key) => Value): (key: Key) => Value {
  let kept: { readonly key: Key; readonly value: Value } | undefined;
  return (key) => {
    if (kept?.key !== key) kept = { key, value: make(key) };
    return kept.value;
  };
}
