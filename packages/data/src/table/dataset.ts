import type { DuckDBConnection } from '@duckdb/node-api';
import { defineDataset } from '@limaml/plugin';
import type { DatasetContext, DatasetPlugin, InteractionLog } from '@limaml/plugin';
import { emptyLog } from '../errors.js';
import { idReader } from './column-reader.js';
import { withDuck } from './duck.js';
import { interactionReaders, limitsOf, listReaders, mapRecord, takeLog } from './log-readers.js';
import type { Reading } from './log-readers.js';
import { openTableParts } from './parts/open-parts.js';
import { readRows } from './read-rows.js';
import { completeTable, readSideTable } from './side-table.js';
import type { SideTable } from './side-table.js';
import { openSource } from './source.js';
import { parseTableSpec } from './spec.js';
import type { TableSpec } from './spec.js';

/**
 * An interaction log in CSV, JSON lines or Parquet files, described by a spec. Paths in the spec are
 * relative to the folder that the dataset is loaded from, else to the working directory.
 *
 * Rows whose values are no numbers, times or labels where such are due are left out, counted, and
 * listed in the report with file and line; when they exceed the spec's limit, reading stops with an
 * error. Entities that no side table knows have missing features.
 *
 * In parts it is read by way of a temporary folder, where DuckDB sorts the interactions by entity; parts
 * follow the order of the ids, byte by byte.
 *
 * @throws LIMAML_ERR_DATA_SPEC, LIMAML_ERR_DATA_SPEC_KEY, LIMAML_ERR_DATA_LABEL_RULE at once;
 *   LIMAML_ERR_DATA_FILE_MISSING, LIMAML_ERR_DATA_FORMAT, LIMAML_ERR_DATA_COLUMN_MISSING,
 *   LIMAML_ERR_DATA_UNREADABLE, LIMAML_ERR_DATA_MALFORMED, LIMAML_ERR_DATA_EMPTY when loaded; LIMAML_ERR_DATA_SORT
 *   when opened in parts
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
    openParts: (context, request) => openTableParts(valid, context, request),
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

async function readInteractions(
  reading: Reading,
  sides: Readonly<Record<string, SideTable>>,
): Promise<InteractionLog> {
  const { connection, spec } = reading;
  const source = await openSource(connection, reading.folder, spec.interactions);
  const readers = interactionReaders(source, spec, (type, column) =>
    idReader(source, column, type === spec.candidate, (id) => sides[type]!.ids.code(id)),
  );
  const report = await readRows(connection, source, listReaders(readers), limitsOf(reading));
  if (report.rowsKept === 0) throw emptyLog(source.file);
  const malformed = Object.values(sides).flatMap((side) => side.malformed);
  return takeLog(spec, readers, mapRecord(sides, completeTable), {
    ...report,
    malformed: [...report.malformed, ...malformed],
  });
}
