import type { Column, FeatureDeclaration } from '@limaml/plugin';
import { createDictionary } from '../columns.js';
import { createGrowable } from '../growable.js';
import { applyLabelRule, parseLabelRule } from '../label-rule.js';
import type { LabelRule } from '../label-rule.js';
import { sqlName } from './duck.js';
import type { TableSource } from './source.js';
import type { TableSpec } from './spec.js';

/** A value as DuckDB hands it over, cast by the reader's SQL. */
export type SqlValue = string | number | null;

/** What can be wrong with a value. */
export interface Problem {
  readonly reason: string;
  /** SQL that is true for values with this problem. */
  readonly when: string;
}

/** Reads one column: DuckDB checks its values, and those of good rows are kept. */
export interface ColumnReader {
  /** Column of the file. */
  readonly column: string;
  /** What to select. */
  readonly sql: string;
  /**
   * What can be wrong with a value; the first that is counts.
   * @param value name under which the value was selected
   */
  problems(value: string): readonly Problem[];
  keep(value: SqlValue): void;
}

/** A reader that makes a column of a log. */
export interface FeatureReader extends ColumnReader {
  take(): Column;
}

/** A reader that makes numbers. */
export interface NumberReader<Values> extends ColumnReader {
  take(): Values;
}

/** A reader of ids: each distinct one gets the next number; missing gives −1. */
export interface IdReader extends ColumnReader {
  take(): Int32Array;
}

/** Separates list values on the way from DuckDB. */
const UNIT = '\x1f';

/** Reader of a feature's column, by the feature's kind. */
export function featureReader(
  source: TableSource,
  feature: FeatureDeclaration,
  separator: string,
): FeatureReader {
  const column = feature.column ?? feature.name;
  if (feature.kind === 'dense') return denseReader(source, column);
  if (feature.kind === 'categorical') return categoryReader(source, column);
  return listReader(source, column, separator);
}

/** Reader of the timestamp, in milliseconds since 1970. */
export function timestampReader(
  source: TableSource,
  { column, unit }: TableSpec['timestamp'],
): NumberReader<Float64Array> {
  const factor = unit === 'seconds' ? 1000 : 1;
  const values = createGrowable((length) => new Float64Array(length));
  const iso = `CAST(epoch_ms(TRY_CAST(${source.text(column)} AS TIMESTAMPTZ)) AS DOUBLE)`;
  return {
    column,
    sql: unit === 'iso' ? iso : source.number(column),
    problems: (value) => [
      { reason: `column "${column}" is no time in ${unit}`, when: notFinite(value) },
    ],
    keep: (value) => {
      values.push((value as number) * factor);
    },
    take: () => values.take(),
  };
}

/** Reader of the label. */
export function labelReader(
  source: TableSource,
  label: TableSpec['label'],
): NumberReader<Float32Array> {
  const rule: LabelRule =
    typeof label === 'string' ? parseLabelRule(label) : { column: label.column };
  const anyNumber =
    rule.test !== undefined ||
    rule.minus !== undefined ||
    (typeof label === 'object' && label.type === 'number');
  const values = createGrowable((length) => new Float32Array(length));
  const name = `label "${rule.column}"`;
  return {
    column: rule.column,
    sql: source.truth(rule.column),
    problems: (value) => [
      { reason: `${name} is not a number`, when: notFinite(value) },
      ...(anyNumber
        ? []
        : [{ reason: `${name} is neither 0 nor 1`, when: `${value} NOT IN (0, 1)` }]),
    ],
    keep: (value) => {
      values.push(applyLabelRule(rule, value as number));
    },
    take: () => values.take(),
  };
}

/** Reader of a probability. */
export function probabilityReader(source: TableSource, column: string): NumberReader<Float32Array> {
  const values = createGrowable((length) => new Float32Array(length));
  return {
    column,
    sql: source.number(column),
    problems: (value) => [
      {
        reason: `column "${column}" is no probability`,
        when: `${value} IS NULL OR ${value} NOT BETWEEN 0 AND 1`,
      },
    ],
    keep: (value) => {
      values.push(value as number);
    },
    take: () => values.take(),
  };
}

/**
 * Reader of entity ids.
 * @param numberOf gives an id its number
 */
export function idReader(
  source: TableSource,
  column: string,
  required: boolean,
  numberOf: (id: string) => number,
): IdReader {
  const refs = createGrowable((length) => new Int32Array(length));
  return {
    column,
    sql: source.text(column),
    problems: (value) =>
      required
        ? [{ reason: `column "${column}" is empty`, when: `coalesce(${value}, '') = ''` }]
        : [],
    keep: (value) => {
      refs.push(isEmpty(value) ? -1 : numberOf(value as string));
    },
    take: () => refs.take(),
  };
}

/**
 * Reader of references that are numbers already.
 * @param first the number that becomes 0
 */
export function numberedReader(column: string, first = 0): IdReader {
  const refs = createGrowable((length) => new Int32Array(length));
  return {
    column,
    sql: sqlName(column),
    problems: () => [],
    keep: (value) => {
      refs.push(value === null ? -1 : (value as number) - first);
    },
    take: () => refs.take(),
  };
}

function denseReader(source: TableSource, column: string): FeatureReader {
  const values = createGrowable((length) => new Float64Array(length));
  return {
    column,
    sql: source.dense(column),
    problems: (value) => [
      { reason: `column "${column}" is not a finite number`, when: `NOT isfinite(${value})` },
    ],
    keep: (value) => {
      values.push((value as number | null) ?? NaN);
    },
    take: () => ({ kind: 'number', values: values.take() }),
  };
}

function categoryReader(source: TableSource, column: string): FeatureReader {
  const dictionary = createDictionary();
  const codes = createGrowable((length) => new Int32Array(length));
  return {
    column,
    sql: source.text(column),
    problems: () => [],
    keep: (value) => {
      codes.push(isEmpty(value) ? -1 : dictionary.code(value as string));
    },
    take: () => ({ kind: 'category', codes: codes.take(), categories: dictionary.categories }),
  };
}

function listReader(source: TableSource, column: string, separator: string): FeatureReader {
  const dictionary = createDictionary();
  const codes = createGrowable((length) => new Int32Array(length));
  const ends = createGrowable((length) => new Int32Array(length));
  let end = 0;
  ends.push(0);
  return {
    column,
    sql: `array_to_string(${source.list(column, separator)}, chr(31))`,
    problems: () => [],
    keep: (value) => {
      if (!isEmpty(value)) {
        for (const item of (value as string).split(UNIT)) {
          codes.push(dictionary.code(item));
          end++;
        }
      }
      ends.push(end);
    },
    take: () => ({
      kind: 'list',
      offsets: ends.take(),
      codes: codes.take(),
      categories: dictionary.categories,
    }),
  };
}

function notFinite(value: string): string {
  return `${value} IS NULL OR NOT isfinite(${value})`;
}

function isEmpty(value: SqlValue): boolean {
  return value === null || value === '';
}
