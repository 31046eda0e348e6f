import type { Column, InteractionLog, Table } from '../contracts/index.js';
import { ensure } from './conformance.js';

/** What a log says of each entity of one type, in words that do not depend on how rows are numbered. */
export type DescribedLog = ReadonlyMap<
  string,
  {
    readonly features: string;
    /** Its interactions by time, and then in the order of the log. */
    readonly rows: readonly string[];
  }
>;

/** Describes a log by the entities of one type. */
export function describeLog(log: InteractionLog, entity: string): DescribedLog {
  const side = log.entities[entity];
  const refs = log.refs[entity];
  ensure(side !== undefined && refs !== undefined, `there are no entities of type "${entity}"`);
  const rowsOf = side.ids.map((): number[] => []);
  refs.forEach((ref, row) => rowsOf[ref]?.push(row));
  const byTime = (a: number, b: number): number => log.timestamp[a]! - log.timestamp[b]!;
  return new Map(
    side.ids.map((id, at) => [
      id,
      {
        features: JSON.stringify(recordOf(side.table, at)),
        rows: rowsOf[at]!.sort(byTime).map((row) => describeRow(log, row)),
      },
    ]),
  );
}

function describeRow(log: InteractionLog, row: number): string {
  const ids = Object.entries(log.refs).map(([type, refs]) => [
    type,
    log.entities[type]!.ids[refs[row]!] ?? null,
  ]);
  return JSON.stringify([
    log.timestamp[row],
    log.label[row],
    Object.fromEntries(ids),
    recordOf(log.context, row),
    recordOf(log.outcomes, row),
  ]);
}

function recordOf({ columns }: Table, row: number): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(columns).map(([name, column]) => [name, valueOf(column, row)]),
  );
}

function valueOf(column: Column, row: number): unknown {
  if (column.kind === 'number') return column.values[row];
  if (column.kind === 'category') return column.categories[column.codes[row]!];
  return Array.from(
    column.codes.subarray(column.offsets[row], column.offsets[row + 1]),
    (code) => column.categories[code],
  );
}

/** @throws Error that says which column or reference is wrong */
export function checkConsistent(log: InteractionLog): void {
  ensure(log.entities[log.candidate] !== undefined, `there is no table of "${log.candidate}"`);
  for (const [name, values] of Object.entries({ timestamp: log.timestamp, label: log.label }))
    ensure(values.length === log.rows, `${name} has ${values.length} values, not ${log.rows}`);
  ensure(log.report.rowsKept === log.rows, `${log.report.rowsKept} rows are reported as kept`);
  for (const [type, refs] of Object.entries(log.refs)) {
    ensure(refs.length === log.rows, `${refs.length} references to "${type}", not ${log.rows}`);
    const rows = log.entities[type]?.ids.length ?? 0;
    const wrong = refs.findIndex((ref) => ref < -1 || ref >= rows);
    ensure(wrong < 0, `row ${wrong} refers to "${type}" ${refs[wrong]} of ${rows}`);
  }
  for (const [type, { ids, table }] of Object.entries(log.entities)) {
    ensure(new Set(ids).size === ids.length, `an id of "${type}" is there twice`);
    checkTable(type, table, ids.length);
  }
  checkTable('context', log.context, log.rows);
  checkTable('outcomes', log.outcomes, log.rows);
}

function checkTable(name: string, { columns, rows }: Table, expected: number): void {
  ensure(rows === expected, `the table of ${name} has ${rows} rows, not ${expected}`);
  for (const [column, values] of Object.entries(columns)) {
    const length = lengthOf(values);
    ensure(length === rows, `column "${column}" of ${name} has ${length} rows, not ${rows}`);
  }
}

function lengthOf(column: Column): number {
  if (column.kind === 'number') return column.values.length;
  return column.kind === 'category' ? column.codes.length : column.offsets.length - 1;
}
