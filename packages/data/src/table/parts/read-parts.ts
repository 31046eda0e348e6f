import type { DuckDBConnection, DuckDBDataChunk } from '@duckdb/node-api';
import type { EntityTable, InteractionLog } from '@limaml/plugin';
import { valueName } from '../checked-rows.js';
import { numberedReader } from '../column-reader.js';
import type { ColumnReader, FeatureReader } from '../column-reader.js';
import type { Duck } from '../duck.js';
import { streamChunks } from '../duck.js';
import {
  featureReaders,
  interactionReaders,
  listReaders,
  takeColumns,
  takeLog,
} from '../log-readers.js';
import { keepValues } from '../read-rows.js';
import type { TableSpec } from '../spec.js';
import { ENTITIES, INTERACTIONS } from './sort-log.js';
import type { SortedLog } from './sort-log.js';

/** What the parts of a sorted log are made of. */
export interface PartsSource extends SortedLog {
  readonly spec: TableSpec;
  readonly entity: string;
  /** The tables of the other entity types. */
  readonly others: InteractionLog['entities'];
  readonly newest: number;
  readonly entitiesPerPart: number;
  readonly signal: AbortSignal | undefined;
}

/** Reads a sorted log part by part, in the order of the entities. */
export async function* readParts(duck: Duck, source: PartsSource): AsyncGenerator<InteractionLog> {
  const entities = await openCursor(await duck.connect(), ENTITIES, [
    'id',
    'rows',
    ...Array.from(sideReaders(source).keys(), (_, at) => valueName(at + 1)),
  ]);
  const interactions = await openCursor(
    await duck.connect(),
    INTERACTIONS,
    logReaders(source, 0).map((_, at) => valueName(at)),
  );
  for (let first = 0; first < source.entities; first += source.entitiesPerPart) {
    source.signal?.throwIfAborted();
    const part = await readEntities(source, entities);
    yield await readInteractions(source, interactions, { first, ...part });
  }
}

/** A place in the rows of a table. */
interface Cursor {
  readonly chunks: AsyncIterator<DuckDBDataChunk>;
  /** Undefined at the end. */
  chunk: DuckDBDataChunk | undefined;
  row: number;
}

async function openCursor(
  connection: DuckDBConnection,
  table: string,
  columns: readonly string[],
): Promise<Cursor> {
  const sql = `SELECT ${columns.join(', ')} FROM ${table}`;
  const chunks = streamChunks(connection, sql)[Symbol.asyncIterator]();
  return advance({ chunks, chunk: undefined, row: 0 });
}

/** Goes on to the next chunk. */
async function advance(cursor: Cursor): Promise<Cursor> {
  const next = await cursor.chunks.next();
  return Object.assign(cursor, { chunk: next.done ? undefined : next.value, row: 0 });
}

/** Fresh readers of the columns of the entities' side table. */
function sideReaders({ spec, entity, side }: PartsSource): ReadonlyMap<string, FeatureReader> {
  if (side === undefined) return new Map();
  return featureReaders(side, spec.entities[entity]!.features ?? [], spec);
}

/** The entities of a part, and how many of the oldest interactions of each are not wanted. */
interface PartEntities {
  readonly table: EntityTable;
  readonly unwanted: Int32Array;
}

async function readEntities(source: PartsSource, cursor: Cursor): Promise<PartEntities> {
  const { spec, entity, entitiesPerPart, newest } = source;
  const { features = [] } = spec.entities[entity]!;
  const readers = sideReaders(source);
  const ids: string[] = [];
  const unwanted = new Int32Array(entitiesPerPart);
  while (cursor.chunk !== undefined && ids.length < entitiesPerPart) {
    const { chunk, row } = cursor;
    const end = Math.min(chunk.rowCount, row + entitiesPerPart - ids.length);
    const rows = range(row, end);
    const [idsOf, rowsOf] = [chunk.getColumnVector(0), chunk.getColumnVector(1)];
    for (const at of rows) {
      unwanted[ids.length] = Math.max(0, (rowsOf.getItem(at) as number) - newest);
      ids.push(idsOf.getItem(at) as string);
    }
    [...readers.values()].forEach((reader, at) => {
      keepValues(reader, chunk, at + 2, rows);
    });
    if (end === chunk.rowCount) await advance(cursor);
    else cursor.row = end;
  }
  const table = { rows: ids.length, columns: takeColumns(readers) };
  return { table: { ids, table, features }, unwanted };
}

/** @param first number of the first entity of the part */
function logReaders(source: PartsSource, first: number): readonly ColumnReader[] {
  return listReaders(partReaders(source, first));
}

function partReaders({ source, spec, entity }: PartsSource, first: number) {
  return interactionReaders(source, spec, (type, column) =>
    numberedReader(column, type === entity ? first : 0),
  );
}

async function readInteractions(
  source: PartsSource,
  cursor: Cursor,
  part: PartEntities & { readonly first: number },
): Promise<InteractionLog> {
  const { spec, entity, others, signal } = source;
  const readers = partReaders(source, part.first);
  const list = listReaders(readers);
  const entityAt = Object.keys(spec.entities).indexOf(entity);
  let kept = 0;
  for (let { chunk } = cursor; chunk !== undefined; { chunk } = await advance(cursor)) {
    signal?.throwIfAborted();
    const wanted = takeWanted(cursor, chunk, entityAt, part);
    for (const [at, reader] of list.entries()) keepValues(reader, chunk, at, wanted);
    kept += wanted.length;
    if (cursor.row < chunk.rowCount) break;
  }
  const report = { rowsRead: kept, rowsKept: kept, malformed: [] };
  const types = Object.keys(spec.entities);
  const entities = types.map((type) => [type, type === entity ? part.table : others[type]!]);
  return takeLog(spec, readers, Object.fromEntries(entities) as InteractionLog['entities'], report);
}

/** Goes through a chunk as far as the part reaches, and lists the rows that are wanted. */
function takeWanted(
  cursor: Cursor,
  chunk: DuckDBDataChunk,
  entityAt: number,
  { first, table, unwanted }: PartEntities & { readonly first: number },
): readonly number[] {
  // Asked for once: DuckDB's answers to both take longer than the rest of the loop.
  const [numbers, rows] = [chunk.getColumnVector(entityAt), chunk.rowCount];
  const wanted: number[] = [];
  for (; cursor.row < rows; cursor.row++) {
    const number = (numbers.getItem(cursor.row) as number) - first;
    if (number >= table.ids.length) break;
    if (unwanted[number]! > 0) unwanted[number]!--;
    else wanted.push(cursor.row);
  }
  return wanted;
}

function range(start: number, end: number): number[] {
  return Array.from({ length: end - start }, (_, at) => start + at);
}
