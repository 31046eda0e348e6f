import type { EncodedRecord, FeatureRecord, RowWriter } from '@limaml/data';
import type { TensorData, TensorMap, TensorSpec } from '@limaml/graph';
import type { CandidateIndex } from './candidate-index.js';
import { embeddingFeature } from './embedding-feature.js';
import { emptyTensor } from './feeds.js';
import type { Bundle } from './open-bundle.js';
import type { CandidateInput } from './support-event.js';

/** A row to encode: a candidate and the request it is shown in. */
export interface RowInput {
  readonly candidate: CandidateInput;
  readonly context?: FeatureRecord | undefined;
}

/** Encodes rows for the models of one bundle. */
export interface RowEncoder {
  /**
   * Tensors for the row features of a model, embeddings of other entity types aside, by input name: `[1, rows, …]`
   * zeros.
   * @param inputs inputs of the model, those that are no row features included
   * @param prefix what stands before a row feature's name: `support/` or nothing
   */
  allocate(inputs: Readonly<Record<string, TensorSpec>>, rows: number, prefix?: string): TensorMap;
  /** Overwrites such tensors with the features of as many rows; a row that is undefined is left alone. */
  fill(into: TensorMap, rows: readonly (RowInput | undefined)[], prefix?: string): void;
}

/**
 * Candidates known by id are copied from the bundle's candidate table; others are encoded from their
 * raw features. A candidate id that is in neither gets the "unseen" id and the statistics of the
 * average candidate, as in training.
 */
export function createRowEncoder(
  { encoders, candidates, others }: Bundle,
  index: CandidateIndex,
): RowEncoder {
  const writerOf = keptWriters(encoders);
  const embeddings = Object.keys(others).map(embeddingFeature);
  return {
    allocate(inputs, rows, prefix = '') {
      const names = Object.keys(inputs).filter(
        (name) =>
          name.startsWith(`${prefix}row.`) && !embeddings.includes(name.slice(prefix.length)),
      );
      return Object.fromEntries(names.map((name) => [name, emptyTensor(inputs[name]!, [1, rows])]));
    },
    fill(into, rows, prefix = '') {
      const inputs = Object.entries(into);
      const names = inputs.map(([name]) => name.slice(prefix.length));
      const arrays = inputs.map(([, { data }]) => data as EncodedRecord[string]);
      const write = writerOf(names);
      rows.forEach((row, at) => {
        if (row === undefined) return;
        const position = index.positionOf(row.candidate);
        if (position === undefined) write(index.recordOf(row.candidate), arrays, at, row.context);
        else copyKnown(position, row.context, into, at, rows.length, prefix);
      });
    },
  };

  function copyKnown(
    position: number,
    context: FeatureRecord | undefined,
    into: TensorMap,
    at: number,
    rows: number,
    prefix: string,
  ): void {
    const encoded = index.encodeContext(context);
    for (const name in into) {
      const feature = name.slice(prefix.length);
      const column = candidates.columns[feature];
      if (column === undefined) copyEntry(encoded[feature]!, 0, into[name]!, at, rows);
      else copyEntry(column.data, position, into[name]!, at, rows);
    }
  }
}

/** Keeps writers by their features: models of a bundle read a few sets of them. */
function keptWriters(encoders: Bundle['encoders']): (names: readonly string[]) => RowWriter {
  const kept = new Map<string, RowWriter>();
  return (names) => {
    const key = names.join('\n');
    const writer = kept.get(key) ?? encoders.createRowWriter(names);
    kept.set(key, writer);
    return writer;
  };
}

/** Copies one entry of a row-major table to one row of a tensor. */
function copyEntry(
  from: TensorData['data'] | EncodedRecord[string],
  entry: number,
  { data }: TensorData,
  row: number,
  rows: number,
): void {
  const stride = data.length / rows;
  for (let step = 0; step < stride; step++) {
    data[row * stride + step] = from[entry * stride + step]!;
  }
}
