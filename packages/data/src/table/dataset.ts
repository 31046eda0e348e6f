import type { DuckDBConnection } from '@duckdb/node-api';
import { defineDataset } from '@limaml/plugin';
import type {
  DatasetContext,
  DatasetPlugin,
  EntityTable,
  FeatureDeclaration,
  InteractionLog,
  ReadReport,
  Table,
} from '@limaml/plugin';
import { createDictionary, extendColumn } from '../columns.js';
import type { Dictionary } from '../columns.js';
import { emptyLog } from '../errors.js';
import {
  featureReader,
  idReader,
  labelReader,
  probabilityReader,
  timestampReader,
} from './column-reader.js';
import type { FeatureReader } from './column-reader.js';
import { withDuck } from './duck.js';
import { readRows } from './read-rows.js';
import type { ReadOptions } from './read-rows.js';
import { openSource } from './source.js';
import type { TableSource } from './source.js';
import { parseTableSpec } from './spec.js';
import type { TableEntity, TableSpec } from './spec.js';

/**
 * An interaction log in CSV, JSON lines or Parquet files, described by a spec. Paths in the spec are
 * relative to the folder that the dataset is loaded from, else to the working directory.
 *
 * Rows whose values are no numbers, times or labels where such are due are left out, counted, and
 * listed in the report with file and line; when they exceed the spec's limit, reading stops with an
 * error. Entities that no side table knows have missing features.
 *
 * @throws LIMAML_ERR_DATA_SPEC, LIMAML_ERR_DATA_SPEC_KEY, LIMAML_ERR_DATA_LABEL_RULE at once;
 *   LIMAML_ERR_DATA_FILE_MISSING, LIMAML_ERR_DATA_FORMAT, LIMAML_ERR_DATA_COLUMN_MISSING,
 *   LIMAML_ERR_DATA_UNREADABLE, LIMAML_ERR_DATA_MALFORMED, LIMAML_ERR_DATA_EMPTY when loaded
 * @example
 * ```ts
 * const dataset = tableDataset({
 *   name: 'clicks',
 *   interactions: { file: 'clicks.csv' },
 *   entities: {
 *     member: { column: 'member_id' },
 *     job: {
 *       column: 'job_id',
 *       table: { file: 'jobs.parquet', key: 'id' },
 *       features: [{ name: 'salary', kind: 'dense', transform: 'log1p' }],
 *     },
 *   },
 *   candidate: 'job',
 *   timestamp: { column: 'time', unit: 'iso' },
 *   label: 'clicked',
 * });
 * const log = await dataset.load({ path: 'data' });
 * ```
 */
export function tableDataset(spec: TableSpec): DatasetPlugin {
  const valid = parseTableSpec(spec);
  return defineDataset({
    name: valid.name,
    load: (context) => withDuck((connection) => loadLog(connection, valid, context)),
  });
}

async function loadLog(
  connection: DuckDBConnection,
  spec: TableSpec,
  context: DatasetContext,
): Promise<InteractionLog> {
  const folder = context.path ?? '.';
  const reading = { connection, folder, spec, signal: context.signal };
  const sides: Record<string, SideTable> = {};
  const files = Object.keys(spec.entities).length + 1;
  for (const [type, entity] of Object.entries(spec.entities)) {
    sides[type] = await readSideTable(reading, entity);
    context.onProgress?.(Object.keys(sides).length / files);
  }
  const log = await readInteractions(reading, sides);
  context.onProgress?.(1);
  return log;
}

/** What reading a file takes. */
interface Reading {
  readonly connection: DuckDBConnection;
  readonly folder: string;
  readonly spec: TableSpec;
  readonly signal: AbortSignal | undefined;
}

/** The rows of a side table. Reading the interactions adds ids that it does not know. */
interface SideTable {
  readonly ids: Dictionary;
  readonly table: Table;
  readonly features: EntityTable['features'];
  readonly malformed: ReadReport['malformed'];
}

async function readSideTable(reading: Reading, entity: TableEntity): Promise<SideTable> {
  const ids = createDictionary();
  const { table: file, features = [] } = entity;
  if (!file) return { ids, table: { rows: 0, columns: {} }, features, malformed: [] };
  const source = await openSource(reading.connection, reading.folder, file);
  const key = idReader(source, file.key, true, (id) => ids.code(id));
  const readers = featureReaders(source, features, reading.spec);
  const report = await readRows(reading.connection, source, [key, ...readers.values()], {
    ...limitsOf(reading),
    key: 0,
  });
  const table = { rows: ids.categories.length, columns: takeColumns(readers) };
  return { ids, table, features, malformed: report.malformed };
}

async function readInteractions(
  reading: Reading,
  sides: Readonly<Record<string, SideTable>>,
): Promise<InteractionLog> {
  const { connection, spec } = reading;
  const source = await openSource(connection, reading.folder, spec.interactions);
  const readers = interactionReaders(source, spec, sides);
  const all = [
    ...Object.values(readers.refs),
    readers.timestamp,
    readers.label,
    ...readers.context.values(),
    ...readers.outcomes.values(),
    ...(readers.probability ? [readers.probability] : []),
  ];
  const report = await readRows(connection, source, all, limitsOf(reading));
  if (report.rowsKept === 0) throw emptyLog(source.file);
  const rows = report.rowsKept;
  return {
    name: spec.name,
    rows,
    timestamp: readers.timestamp.take(),
    label: readers.label.take(),
    refs: mapRecord(readers.refs, (reader) => reader.take()),
    entities: mapRecord(sides, completeTable),
    candidate: spec.candidate,
    context: { rows, columns: takeColumns(readers.context) },
    contextFeatures: spec.context ?? [],
    outcomes: { rows, columns: takeColumns(readers.outcomes) },
    outcomeFeatures: spec.outcomes ?? [],
    ...(readers.probability ? { trueProbability: readers.probability.take() } : {}),
    report: {
      ...report,
      malformed: [...report.malformed, ...Object.values(sides).flatMap((side) => side.malformed)],
    },
  };
}

function interactionReaders(
  source: TableSource,
  spec: TableSpec,
  sides: Readonly<Record<string, SideTable>>,
) {
  const refs = Object.entries(spec.entities).map(([type, { column }]) => {
    const numberOf = (id: string): number => sides[type]!.ids.code(id);
    return [type, idReader(source, column, type === spec.candidate, numberOf)] as const;
  });
  return {
    refs: Object.fromEntries(refs),
    timestamp: timestampReader(source, spec.timestamp),
    label: labelReader(source, spec.label),
    context: featureReaders(source, spec.context ?? [], spec),
    outcomes: featureReaders(source, spec.outcomes ?? [], spec),
    probability: spec.trueProbability ? probabilityReader(source, spec.trueProbability) : undefined,
  };
}

/**
 * Readers by column, so that two features of one column read it once. A dense feature decides how: its
 * numbers can be categories too.
 */
function featureReaders(
  source: TableSource,
  features: EntityTable['features'],
  { listSeparator = '|' }: TableSpec,
): Map<string, FeatureReader> {
  const denseLast = [...features].sort((left, right) => rank(left.kind) - rank(right.kind));
  return new Map(
    denseLast.map((feature) => [
      feature.column ?? feature.name,
      featureReader(source, feature, listSeparator),
    ]),
  );
}

function rank(kind: FeatureDeclaration['kind']): number {
  return kind === 'dense' ? 1 : 0;
}

function takeColumns(readers: ReadonlyMap<string, FeatureReader>): Table['columns'] {
  return Object.fromEntries(Array.from(readers, ([column, reader]) => [column, reader.take()]));
}

/** The side table with rows for the ids that only the interactions know. */
function completeTable({ ids, table, features }: SideTable): EntityTable {
  const rows = ids.categories.length;
  return {
    ids: ids.categories,
    table: { rows, columns: mapRecord(table.columns, (column) => extendColumn(column, rows)) },
    features,
  };
}

function limitsOf({ spec, signal }: Reading): ReadOptions {
  return {
    ...(spec.maxMalformedShare === undefined ? {} : { maxMalformedShare: spec.maxMalformedShare }),
    ...(spec.maxMalformed === undefined ? {} : { maxMalformed: spec.maxMalformed }),
    signal,
  };
}

function mapRecord<From, To>(
  record: Readonly<Record<string, From>>,
  map: (value: From) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
