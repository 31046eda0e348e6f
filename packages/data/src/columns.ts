import type { Column, Table } from '@limaml/plugin';

/** Gives each distinct string the next free code. */
export interface Dictionary {
  readonly categories: readonly string[];
  code(value: string): number;
}

export function createDictionary(): Dictionary {
  const codes = new Map<string, number>();
  const categories: string[] = [];
  return {
    categories,
    code(value) {
      const known = codes.get(value);
      if (known !== undefined) return known;
      codes.set(value, categories.length);
      return categories.push(value) - 1;
    },
  };
}

/** A column of numbers; undefined and NaN are missing. */
export function numberColumn(values: Iterable<number | undefined>): Column {
  return { kind: 'number', values: Float64Array.from(values, (value) => value ?? NaN) };
}

/** A column of single values; undefined is missing. */
export function categoryColumn(values: Iterable<string | undefined>): Column {
  const dictionary = createDictionary();
  const code = (value: string | undefined): number =>
    value === undefined ? -1 : dictionary.code(value);
  return {
    kind: 'category',
    codes: Int32Array.from(values, code),
    categories: dictionary.categories,
  };
}

/** A column of lists. */
export function listColumn(rows: readonly (readonly string[])[]): Column {
  const dictionary = createDictionary();
  const offsets = new Int32Array(rows.length + 1);
  rows.forEach((row, at) => (offsets[at + 1] = offsets[at]! + row.length));
  const codes = Int32Array.from(rows.flat(), (value) => dictionary.code(value));
  return { kind: 'list', offsets, codes, categories: dictionary.categories };
}

/** A value of a column as a plain value; undefined where it is missing. */
export type RawValue = number | string | readonly string[] | undefined;

/** Reads one value of a column. */
function valueAt(column: Column, row: number): RawValue {
  if (column.kind === 'number') {
    const value = column.values[row]!;
    return Number.isNaN(value) ? undefined : value;
  }
  if (column.kind === 'category') return column.categories[column.codes[row]!];
  const codes = column.codes.subarray(column.offsets[row], column.offsets[row + 1]);
  return Array.from(codes, (code) => column.categories[code]!);
}

/** Reads one row of a table, by column name. */
export function tableRecord(table: Table, row: number): Record<string, RawValue> {
  const record: Record<string, RawValue> = {};
  for (const [name, column] of Object.entries(table.columns)) record[name] = valueAt(column, row);
  return record;
}

/** The values of some rows of a column, in their order. */
export function gatherColumn(column: Column, rows: Int32Array): Column {
  if (column.kind === 'number') {
    return { kind: 'number', values: Float64Array.from(rows, (row) => column.values[row]!) };
  }
  if (column.kind === 'category')
    return { ...column, codes: rows.map((row) => column.codes[row]!) };
  const lists = Array.from(rows, (row) =>
    column.codes.subarray(column.offsets[row], column.offsets[row + 1]),
  );
  const offsets = new Int32Array(rows.length + 1);
  lists.forEach((list, at) => (offsets[at + 1] = offsets[at]! + list.length));
  const codes = new Int32Array(offsets.at(-1)!);
  lists.forEach((list, at) => {
    codes.set(list, offsets[at]);
  });
  return { ...column, offsets, codes };
}

/** A column with missing values added at its end. */
export function extendColumn(column: Column, rows: number): Column {
  if (column.kind === 'number') {
    const values = new Float64Array(rows).fill(NaN);
    values.set(column.values);
    return { kind: 'number', values };
  }
  if (column.kind === 'category') {
    const codes = new Int32Array(rows).fill(-1);
    codes.set(column.codes);
    return { ...column, codes };
  }
  const offsets = new Int32Array(rows + 1).fill(column.codes.length);
  offsets.set(column.offsets);
  return { ...column, offsets };
}

/** A table without columns. */
export function emptyTable(rows: number): Table {
  return { rows, columns: {} };
}
