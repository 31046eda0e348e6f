import { decodeTensors, encodeTensors } from '@limaml/core';
import type { EncodedRecord, Encoders } from '@limaml/data';
import type { TensorData } from '@limaml/graph';
import type { EncodedFeature } from '@limaml/plugin';
import { z } from 'zod';
import type { Candidate } from './collect-candidates.js';
import { candidateTableInvalid } from './errors.js';

/** Encoded features of all candidates, by feature name: `[candidates, max(1, width)]` each. */
export interface CandidateTable {
  readonly ids: readonly string[];
  readonly columns: Readonly<Record<string, TensorData>>;
}

/** The row features that belong to a candidate and not to the request. */
export function candidateFeatures(encoders: Encoders): readonly EncodedFeature[] {
  const context = new Set(encoders.toJSON().context.map((field) => field.feature.name));
  return encoders.schema.features.filter(
    ({ owner, name }) => owner === 'row' && !context.has(name),
  );
}

/** Encodes candidates one by one; of equal ids the last counts. */
export function encodeCandidates(
  candidates: Iterable<Candidate>,
  features: readonly EncodedFeature[],
  encoders: Encoders,
): CandidateTable {
  const encoded = new Map<string, EncodedRecord>();
  for (const { id, record } of candidates) encoded.set(id, encoders.encodeRow(record));
  const rows = [...encoded.values()];
  return {
    ids: [...encoded.keys()],
    columns: Object.fromEntries(features.map((feature) => [feature.name, stack(rows, feature)])),
  };
}

function stack(rows: readonly EncodedRecord[], feature: EncodedFeature): TensorData {
  const shape = [rows.length, Math.max(1, feature.width)];
  const length = shape[0]! * shape[1]!;
  if (feature.kind === 'dense') {
    const data = new Float32Array(length);
    rows.forEach((row, at) => {
      data.set(row[feature.name]!, at * shape[1]!);
    });
    return { dtype: 'float32', shape, data };
  }
  const data = new Int32Array(length);
  rows.forEach((row, at) => {
    data.set(row[feature.name]!, at * shape[1]!);
  });
  return { dtype: 'int32', shape, data };
}

/** The two files of a candidate table. */
export function writeCandidates(table: CandidateTable): { ids: Uint8Array; features: Uint8Array } {
  return { ids: Buffer.from(JSON.stringify(table.ids)), features: encodeTensors(table.columns) };
}

/** Paths of the two files, for messages. */
export interface CandidateFiles {
  readonly ids: string;
  readonly features: string;
}

/**
 * Reads a candidate table and checks that it fits `features`: names, shapes, types, and that no id is
 * outside its vocabulary.
 * @throws LIMAML_ERR_SERVING_CANDIDATES_INVALID, or an error of `decodeTensors`
 */
export function readCandidates(
  bytes: { readonly ids: Uint8Array; readonly features: Uint8Array },
  features: readonly EncodedFeature[],
  files: CandidateFiles,
): CandidateTable {
  const ids = readIds(bytes.ids, files.ids);
  const { tensors } = decodeTensors(bytes.features);
  const columns = Object.entries(tensors).map(([name, column]) => {
    const feature = features.find((candidate) => candidate.name === name);
    if (feature === undefined)
      throw candidateTableInvalid(files.features, `"${name}" is no candidate feature`);
    checkColumn(column, feature, ids.length, files.features);
    return [name, column] as const;
  });
  return { ids, columns: Object.fromEntries(columns) };
}

function readIds(bytes: Uint8Array, file: string): readonly string[] {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch (error) {
    throw candidateTableInvalid(file, (error as Error).message);
  }
  const parsed = z.array(z.string()).safeParse(value);
  if (!parsed.success) throw candidateTableInvalid(file, 'it is not a list of ids');
  if (new Set(parsed.data).size < parsed.data.length)
    throw candidateTableInvalid(file, 'an id appears twice');
  return parsed.data;
}

function checkColumn(
  column: TensorData,
  feature: EncodedFeature,
  rows: number,
  file: string,
): void {
  const dtype = feature.kind === 'dense' ? 'float32' : 'int32';
  const shape = [rows, Math.max(1, feature.width)];
  if (column.dtype !== dtype || column.shape.join() !== shape.join()) {
    const got = `${column.dtype} [${column.shape.join(', ')}]`;
    throw candidateTableInvalid(
      file,
      `"${feature.name}" is ${got}, expected ${dtype} [${shape.join(', ')}]`,
    );
  }
  const fits = dtype === 'float32' ? Number.isFinite : (id: number) => id >= 0 && id < feature.size;
  if (!column.data.every(fits)) {
    throw candidateTableInvalid(file, `"${feature.name}" holds a value outside its range`);
  }
}
