import type { DuckDBConnection } from '@duckdb/node-api';
import type { ReadReport } from '@limaml/plugin';
import { emptyLog } from '../../errors.js';
import { PLACES, reportRows } from '../bad-rows.js';
import { BLANK, valueName } from '../checked-rows.js';
import type { CheckedRows } from '../checked-rows.js';
import { idReader } from '../column-reader.js';
import type { ColumnReader } from '../column-reader.js';
import { queryRows } from '../duck.js';
import { featureReaders, interactionReaders, limitsOf, listReaders } from '../log-readers.js';
import type { Reading } from '../log-readers.js';
import { assertPresent, openRows } from '../read-rows.js';
import type { SideTable } from '../side-table.js';
import { asUnreadable, openSource } from '../source.js';
import type { TableSource } from '../source.js';
import type { TableEntity } from '../spec.js';
import { numberIds } from './number-ids.js';

/** Table of the entities, in the order of their ids: `id`, `number`, `rows`, and columns of features. */
export const ENTITIES = 'entities';
/** Table of the interactions by entity and time: `entity` is a number of {@link ENTITIES}. */
export const INTERACTIONS = 'interactions';

/** A log in the tables {@link ENTITIES} and {@link INTERACTIONS}. */
export interface SortedLog {
  readonly source: TableSource;
  /** Undefined where the entities have no side table. */
  readonly side: TableSource | undefined;
  readonly entities: number;
  readonly report: ReadReport;
}

/** A file as a table or view `name` of checked rows. */
interface Staged {
  readonly name: string;
  readonly source: TableSource;
  readonly readers: readonly ColumnReader[];
  readonly reasons: readonly string[];
}

/**
 * Sorts a log by entity and time into tables of the database.
 *
 * @param entity the entity type to sort by
 * @param sides the side tables of the other types; ids that only the interactions know are added
 * @throws what reading the log whole throws
 */
export async function sortLog(
  reading: Reading,
  entity: string,
  sides: Readonly<Record<string, SideTable>>,
  onProgress: (share: number) => void,
): Promise<SortedLog> {
  const side = await stageSide(reading, reading.spec.entities[entity]!);
  onProgress(0.1);
  const log = await stageLog(reading);
  const at = Object.keys(reading.spec.entities).indexOf(entity);
  await countRows(reading.connection, log, valueName(at));
  const report = await reportStaged(reading, log);
  if (report.rowsKept === 0) throw emptyLog(log.source.file);
  onProgress(0.3);
  const entities = await orderEntities(reading.connection, side?.staged);
  await sortInteractions(reading.connection, log, at, await numberIds(reading, sides));
  onProgress(1);
  const others = Object.values(sides).flatMap(({ malformed }) => malformed);
  const malformed = [...report.malformed, ...(side?.report.malformed ?? []), ...others];
  return {
    source: log.source,
    side: side?.staged.source,
    entities,
    report: { ...report, malformed },
  };
}

async function stageSide(
  reading: Reading,
  { table: file, features = [] }: TableEntity,
): Promise<{ readonly staged: Staged; readonly report: ReadReport } | undefined> {
  if (!file) return undefined;
  const source = await openSource(reading.connection, reading.folder, file);
  const key = idReader(source, file.key, true, () => 0);
  const readers = [key, ...featureReaders(source, features, reading.spec).values()];
  const checked = await openRows(source, readers, { ...limitsOf(reading), key: 0 });
  const staged = await stage(reading, 'side', source, readers, checked);
  await countRows(reading.connection, staged, valueName(0));
  return { staged, report: await reportStaged(reading, staged) };
}

async function stageLog(reading: Reading): Promise<Staged> {
  const { connection, spec } = reading;
  const source = await openSource(connection, reading.folder, spec.interactions);
  const readers = listReaders(
    interactionReaders(source, spec, (type, column) =>
      idReader(source, column, type === spec.candidate, () => 0),
    ),
  );
  const checked = await openRows(source, readers, limitsOf(reading));
  return stage(reading, 'log', source, readers, checked);
}

/** Text is parsed once, into a table, and keys are compared once; other typed columns are read where they lie. */
async function stage(
  { connection }: Reading,
  name: string,
  source: TableSource,
  readers: readonly ColumnReader[],
  { sql, reasons }: CheckedRows,
): Promise<Staged> {
  const kind = source.columnar && name === 'log' ? 'VIEW' : 'TABLE';
  try {
    await connection.run(`CREATE ${kind} ${name} AS ${sql}`);
  } catch (cause) {
    throw asUnreadable(source.file, cause);
  }
  return { name, source, readers, reasons };
}

/** Counts rows by id, where they are good, and by reason. */
async function countRows(
  connection: DuckDBConnection,
  { name, source }: Staged,
  id: string,
): Promise<void> {
  const columns =
    `CASE WHEN reason IS NULL THEN nullif(${id}, '') END AS id, reason, count(*)::INTEGER AS rows, ` +
    `min(position, ${PLACES}) FILTER (reason IS NOT NULL) AS positions`;
  try {
    await connection.run(
      `CREATE TABLE ${countsOf(name)} AS SELECT ${columns} FROM ${name} GROUP BY ALL`,
    );
  } catch (cause) {
    throw asUnreadable(source.file, cause);
  }
}

function countsOf(name: string): string {
  return `${name}_counts`;
}

async function reportStaged(reading: Reading, staged: Staged): Promise<ReadReport> {
  const { connection } = reading;
  const { name, source, readers, reasons } = staged;
  const found = await queryRows(
    connection,
    `SELECT reason, sum(rows)::DOUBLE AS rows, any_value(positions) AS positions FROM ${countsOf(name)} WHERE reason IS DISTINCT FROM ${BLANK} GROUP BY reason ORDER BY reason`,
  );
  const rows = found.reduce((total, row) => total + Number(row.rows), 0);
  if (rows > 0) await assertPresent(source, readers);
  const bad = found
    .filter(({ reason }) => reason !== null)
    .map(({ reason, rows: count, positions }) => {
      const places = (positions as readonly unknown[]).map(Number);
      return [reasons[Number(reason)]!, { count: Number(count), rows: places }] as const;
    });
  return reportRows(source, new Map(bad), rows, limitsOf(reading));
}

/** Numbers the entities of the side table and of the interactions in the order of their ids. */
async function orderEntities(
  connection: DuckDBConnection,
  side: Staged | undefined,
): Promise<number> {
  const counts = `(SELECT id, rows FROM ${countsOf('log')} WHERE id IS NOT NULL)`;
  const features = side?.readers.slice(1).map((_, at) => `, ${valueName(at + 1)}`) ?? [];
  const joined = side
    ? `(SELECT coalesce(${valueName(0)}, id) AS id, coalesce(rows, 0) AS rows${features.join('')} ` +
      `FROM (FROM ${side.name} WHERE reason IS NULL) FULL JOIN ${counts} ON id = ${valueName(0)})`
    : counts;
  await connection.run(
    `CREATE TABLE ${ENTITIES} AS SELECT *, (row_number() OVER (ORDER BY id) - 1)::INTEGER AS number FROM ${joined} ORDER BY id`,
  );
  const [count] = await queryRows(connection, `SELECT count(*)::INTEGER AS n FROM ${ENTITIES}`);
  return Number(count!.n);
}

/** @param numbered by other entity type, the table of its ids and numbers */
async function sortInteractions(
  connection: DuckDBConnection,
  { readers }: Staged,
  entityAt: number,
  numbered: ReadonlyMap<number, string>,
): Promise<void> {
  const values = readers.map((_, at) => {
    const ids = numbered.get(at);
    if (ids !== undefined) return `${ids}.number AS ${valueName(at)}`;
    return at === entityAt ? `${ENTITIES}.number AS ${valueName(at)}` : `log.${valueName(at)}`;
  });
  const joins = [...numbered].map(
    ([at, ids]) => `LEFT JOIN ${ids} ON ${ids}.id = log.${valueName(at)}`,
  );
  const timestamp = valueName(numbered.size + 1);
  await connection.run(
    `CREATE TABLE ${INTERACTIONS} AS SELECT ${values.join(', ')} FROM log ` +
      `JOIN ${ENTITIES} ON ${ENTITIES}.id = log.${valueName(entityAt)} ${joins.join(' ')} ` +
      `WHERE reason IS NULL ORDER BY ${ENTITIES}.number, log.${timestamp}, position`,
  );
}
