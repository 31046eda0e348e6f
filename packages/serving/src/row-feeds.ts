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
   * @param inputs  inputs of the model, those that are no row features included
   * @param prefix  what stands before a row feature's name: `support/` or nothing
   * @returns the row features `[1, rows.length, …]` by input name
   */
  feeds(
    inputs: Readonly<Record<string, TensorSpec>>,
    rows: readonly RowInput[],
    prefix?: string,
  ): TensorMap;
}

/**
 * Candidates known by id are copied from the bundle's candidate table; others are encoded from their
 * raw features. A candidate id that is in neither gets the "unseen" id and the statistics of the
 * average candidate, as in training.
 */
export function createRowEncoder({ encoders, candidates }: Bundle): RowEncoder {
  const positions = new Map(candidates.ids.map((id, at) => [id, at]));
  const type = encoders.toJSON().candidate;
  const encode = ({ candidate, context }: RowInput): EncodedRow => {
    const position = typeof candidate === 'string' ? positions.get(candidate) : undefined;
    const raw = typeof candidate === 'string' ? { [type]: candidate } : candidate;
    return { position, record: encoders.encodeRow({ ...context, ...raw }) };
  };
  return {
    feeds(inputs, rows, prefix = '') {
      const encoded = rows.map(encode);
      const names = Object.keys(inputs).filter((name) => name.startsWith(`${prefix}row.`));
      return Object.fromEntries(
        names.map((name) => {
          const feature = name.slice(prefix.length);
          const tensor = emptyTensor(inputs[name]!, [1, rows.length]);
          fill(tensor, feature, encoded, candidates.columns[feature]);
          return [name, tensor];
        }),
      );
    },
  };
}

interface EncodedRow {
  /** Row of the candidate table. */
  readonly position: number | undefined;
  readonly record: EncodedRecord;
}

function fill(
  tensor: TensorData,
  feature: string,
  rows: readonly EncodedRow[],
  column?: TensorData,
): void {
  const stride = tensor.data.length / rows.length;
  rows.forEach(({ position, record }, at) => {
    if (column === undefined || position === undefined)
      tensor.data.set(record[feature]!, at * stride);
    else
      tensor.data.set(
        column.data.subarray(position * stride, (position + 1) * stride),
        at * stride,
      );
  });
}
