import { isLimamlError } from '@limaml/errors';
import {
  Bool,
  Field,
  Float32,
  Int32,
  List,
  RecordBatch,
  Schema,
  Struct,
  Table,
  Utf8,
  makeData,
  tableFromIPC,
  tableToIPC,
  vectorFromArray,
  type Vector,
} from 'apache-arrow';
import { textColumn, textListColumn } from './arrow-columns.js';
import { checkArrowStream } from './arrow-stream.js';
import { bodyInvalid, bodyUnreadable } from './errors.js';
import type { Limits } from './limits.js';
import type { ScoreBody } from './schemas/score.js';
import type { Scored } from './score-entities.js';

/** Media type of an Arrow IPC stream. */
export const ARROW_STREAM = 'application/vnd.apache.arrow.stream';

/**
 * Reads a score body: columns `entity` (text) and `candidates` (lists of text), a row for each request. Its
 * size is checked before anything is made of it, the rest by the schema that JSON is checked by.
 *
 * @throws LIMAML_ERR_SERVER_BODY_UNREADABLE, LIMAML_ERR_SERVER_BODY_INVALID
 */
export function readScoreBody(bytes: Uint8Array, limits: ReadLimits): ScoreBody {
  try {
    checkArrowStream(bytes, limits);
    return { requests: readRequests(tableFromIPC(bytes), limits) };
  } catch (error) {
    // The reader and its vectors fail in any way where a schema makes no sense.
    if (isLimamlError(error)) throw error;
    throw bodyUnreadable('it is no Arrow IPC stream');
  }
}

type ReadLimits = Pick<Limits, 'requests' | 'candidates'>;

function readRequests(table: Table, limits: ReadLimits): ScoreBody['requests'] {
  const entities = textColumn(table, 'entity');
  const candidates = textListColumn(table, 'candidates');
  return Array.from({ length: table.numRows }, (_, row) => ({
    entity: entities.get(row) as string,
    candidates: readList(candidates, row, limits),
  }));
}

function readList(lists: Vector, row: number, limits: ReadLimits): string[] {
  const list = lists.get(row) as Vector | null;
  if (list === null) return [];
  if (list.length > limits.candidates)
    throw bodyInvalid(
      `/requests/${row}/candidates`,
      `must NOT have more than ${limits.candidates} items`,
    );
  return Array.from(list as Iterable<string>);
}

/** The answer of `POST /v1/score` as an Arrow IPC stream: a row for each request, scores as they are. */
export function writeScoreTable(scored: readonly Scored[]): Uint8Array {
  const names = scored.map(({ generation }) => generation.name);
  const columns = {
    scores: scoreLists(scored),
    version: vectorFromArray(
      scored.map(({ scores }) => scores.version ?? null),
      new Int32(),
    ).data[0]!,
    prior: vectorFromArray(
      scored.map(({ scores }) => scores.prior),
      new Bool(),
    ).data[0]!,
    bundle: vectorFromArray(names, new Utf8()).data[0]!,
    variant: vectorFromArray(names, new Utf8()).data[0]!,
  };
  const fields = Object.entries(columns).map(
    ([name, { type }]) => new Field(name, type, name === 'version'),
  );
  const schema = new Schema(fields);
  const children = Object.values(columns);
  const data = makeData({
    type: new Struct(fields),
    length: scored.length,
    nullCount: 0,
    children,
  });
  return tableToIPC(new Table(schema, [new RecordBatch(schema, data)]), 'stream');
}

function scoreLists(scored: readonly Scored[]) {
  const valueOffsets = new Int32Array(scored.length + 1);
  scored.forEach(({ scores }, at) => {
    valueOffsets[at + 1] = valueOffsets[at]! + scores.probabilities.length;
  });
  const data = new Float32Array(valueOffsets.at(-1)!);
  scored.forEach(({ scores }, at) => {
    data.set(scores.probabilities, valueOffsets[at]);
  });
  const child = makeData({ type: new Float32(), length: data.length, nullCount: 0, data });
  const type = new List(new Field('item', new Float32(), false));
  return makeData({ type, length: scored.length, nullCount: 0, valueOffsets, child });
}
