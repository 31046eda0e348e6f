import type { ReadReport } from '@limaml/plugin';
import { createMalformedCounter } from '../malformed.js';
import type { MalformedLimits } from '../malformed.js';
import { asUnreadable } from './source.js';
import type { TableSource } from './source.js';

/** Bad rows by reason: how many, and the numbers of the first few. */
export type BadRows = Map<string, { count: number; rows: number[] }>;

/** Places of bad rows that are kept for each reason. */
export const PLACES = 5;

/** Counts one bad row. */
export function noteBadRow(bad: BadRows, reason: string, row: number): void {
  const entry = bad.get(reason) ?? { count: 0, rows: [] };
  entry.count++;
  if (entry.rows.length < PLACES) entry.rows.push(row);
  bad.set(reason, entry);
}

/**
 * Says what was read, and where bad rows are.
 *
 * @param rows rows of the file without blank lines
 * @throws LIMAML_ERR_DATA_UNREADABLE, LIMAML_ERR_DATA_MALFORMED
 */
export async function reportRows(
  source: TableSource,
  bad: BadRows,
  rows: number,
  limits: MalformedLimits,
): Promise<ReadReport> {
  const wanted = [...bad.values()].flatMap((entry) => entry.rows);
  const { places, rejected } = await source.locate(wanted).catch((cause: unknown) => {
    throw asUnreadable(source.file, cause);
  });
  const placeOf = new Map(wanted.map((row, at) => [row, places[at]!]));
  const counter = createMalformedCounter(source.file, limits);
  for (const { reason, count, places: where } of rejected) counter.add(reason, where, count);
  for (const [reason, entry] of bad) {
    counter.add(
      reason,
      entry.rows.map((row) => placeOf.get(row)!),
      entry.count,
    );
  }
  return counter.report(rows + rejected.reduce((total, { count }) => total + count, 0));
}
