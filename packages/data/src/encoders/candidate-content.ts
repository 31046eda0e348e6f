import type { EncodedColumn } from './encoded-log.js';
import type { ContentRows } from './content-prior.js';
import { FIRST_KNOWN, UNSEEN } from './field.js';

/** Values that fewer candidates share say nothing about others. */
const MIN_CANDIDATES = 4;

/**
 * Builds the design matrix of the content prior: a constant, each dense feature, and a one for each
 * value that enough candidates share. The "unseen" candidate has the constant only.
 *
 * @param ids candidate id of each row of its side table
 * @param size ids of the candidate's vocabulary
 * @param columns encoded features of that table
 */
export function contentRows(
  ids: ArrayLike<number>,
  size: number,
  columns: readonly EncodedColumn[],
): ContentRows {
  const rowOf = new Int32Array(size).fill(-1);
  for (let row = 0; row < ids.length; row++) {
    if (ids[row]! >= FIRST_KNOWN) rowOf[ids[row]!] = row;
  }
  let width = 1;
  const parts = columns.map((column) => {
    const part =
      column.feature.kind === 'dense' ? densePart(column, width) : idsPart(column, rowOf, width);
    width += part.width;
    return part;
  });
  const offsets = new Int32Array(size + 1);
  const entries: [column: number, value: number][] = [];
  for (let id = 0; id < size; id++) {
    if (id >= UNSEEN) entries.push([0, 1]);
    if (rowOf[id]! >= 0) for (const part of parts) entries.push(...part.entriesOf(rowOf[id]!));
    offsets[id + 1] = entries.length;
  }
  return {
    width,
    offsets,
    columns: Int32Array.from(entries, ([column]) => column),
    values: Float64Array.from(entries, ([, value]) => value),
  };
}

/** Columns of the design matrix that one feature fills. */
interface Part {
  readonly width: number;
  entriesOf(row: number): [column: number, value: number][];
}

function densePart({ data, stride }: EncodedColumn, first: number): Part {
  return {
    width: stride,
    entriesOf: (row) =>
      Array.from(data.subarray(row * stride, (row + 1) * stride), (value, at) => [
        first + at,
        value,
      ]),
  };
}

function idsPart(column: EncodedColumn, rowOf: Int32Array, first: number): Part {
  const counts = new Int32Array(column.feature.size);
  for (const row of rowOf) if (row >= 0) for (const id of valuesOf(column, row)) counts[id]!++;
  let width = 0;
  const columnOf = counts.map((count) => (count >= MIN_CANDIDATES ? first + width++ : -1));
  return {
    width,
    entriesOf: (row) =>
      valuesOf(column, row).flatMap((id) => (columnOf[id]! < 0 ? [] : [[columnOf[id]!, 1]])),
  };
}

/** Known values of a row, each once. */
function valuesOf({ data, stride }: EncodedColumn, row: number): number[] {
  const ids = data.subarray(row * stride, (row + 1) * stride);
  return [...new Set(ids)].filter((id) => id >= FIRST_KNOWN);
}
