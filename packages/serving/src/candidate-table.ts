import { decodeTensors, encodeTensors } from '@limaml/core';
import type { EncodedRecord, Encoders, FeatureRecord } from '@limaml/data';
import type { TensorData } from '@limaml/graph';
import type { EncodedFeature } from '@limaml/plugin';
import { z } from 'zod';
import type { Candidate } from './collect-candidates.js';
import { candidateTableInvalid } from './errors.js';

/** Encoded features of all candidates, by feature name: `[candidates, max(1, width)]` each. */
export interface CandidateTable {
  readonly ids: readonly string[];
  readonly columns: Readonly<Record<string, TensorData>>;
  /**
   * Of a joint model: ids of the entities of other types that belong to each candidate, by type (a job's
   * company); null where it has none.
   */
  readonly entities: Readonly<Record<string, readonly (string | null)[]>>;
}

/** The row features that belong to a candidate and not to the request. */
export function candidateFeatures(encoders: Encoders): readonly EncodedFeature[] {
  const context = new Set(encoders.toJSON().context.map((field) => field.feature.name));
  return encoders.schema.features.filter(
    ({ owner, name }) => owner === 'row' && !context.has(name),
  );
}

/**
 * Encodes candidates one by one; of equal ids the last counts.
 * @param types entity types whose ids are kept as they are
 */
export function encodeCandidates(
  candidates: Iterable<Candidate>,
  features: readonly EncodedFeature[],
  encoders: Encoders,
  types: readonly string[] = [],
): CandidateTable {
  const encoded = new Map<string, EncodedRecord>();
  const entities = types.map((type) => ({ type, idOf: new Map<string, string | null>() }));
  for (const { id, record } of candidates) {
    encoded.set(id, encoders.encodeRow(record));
    for (const { type, idOf } of entities) idOf.set(id, idIn(record, type) ?? null);
  }
  const rows = [...encoded.values()];
  return {
    ids: [...encoded.keys()],
    columns: Object.fromEntries(features.map((feature) => [feature.name, stack(rows, feature)])),
    entities: Object.fromEntries(entities.map(({ type, idOf }) => [type, [...idOf.values()]])),
  };
}

/** The id of the entity of a type that is in a record, under the name of the type. */
export function idIn(record: FeatureRecord, type: string): string | undefined {
  const id = record[type];
  return typeof id === 'string' || typeof id === 'number' ? String(id) : undefined;
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

/** The files of a candidate table. A bundle has that of other entities only where its model is a joint one. */
export interface CandidateFiles<Value> {
  readonly ids: Value;
  readonly features: Value;
  readonly entities: Value;
}

export function writeCandidates({
  ids,
  columns,
  entities,
}: CandidateTable): CandidateFiles<Uint8Array> {
  return {
    ids: Buffer.from(JSON.stringify(ids)),
    features: encodeTensors(columns),
    entities: Buffer.from(JSON.stringify(entities)),
  };
}

/** What a candidate table must fit. */
export interface CandidateShape {
  readonly features: readonly EncodedFeature[];
  /** Entity types whose ids it holds. */
  readonly types: readonly string[];
}

/**
 * Reads a candidate table and checks that it fits `features`: names, shapes, types, and that no id is
 * outside its vocabulary.
 * @param files their paths, for messages
 * @throws LIMAML_ERR_SERVING_CANDIDATES_INVALID, or an error of `decodeTensors`
 */
export function readCandidates(
  bytes: Omit<CandidateFiles<Uint8Array>, 'entities'> & {
    readonly entities?: Uint8Array | undefined;
  },
  { features, types }: CandidateShape,
  files: CandidateFiles<string>,
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
  const entities = bytes.entities && readEntities(bytes.entities, types, ids, files.entities);
  return { ids, columns: Object.fromEntries(columns), entities: entities ?? {} };
}

function readEntities(
  bytes: Uint8Array,
  types: readonly string[],
  ids: readonly string[],
  file: string,
): CandidateTable['entities'] {
  const column = z.array(z.string().nullable()).length(ids.length);
  const shape = z.strictObject(Object.fromEntries(types.map((type) => [type, column])));
  const parsed = shape.safeParse(readJson(bytes, file));
  if (!parsed.success) throw candidateTableInvalid(file, z.prettifyError(parsed.error));
  return parsed.data;
}

function readJson(bytes: Uint8Array, file: string): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch (error) {
    throw candidateTableInvalid(file, (error as Error).message);
  }
}

function readIds(bytes: Uint8Array, file: string): readonly string[] {
  const parsed = z.array(z.string()).safeParse(readJson(bytes, file));
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
