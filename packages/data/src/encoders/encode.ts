import type { Column, EncodedFeature } from '@limaml/plugin';
import { featureKindMismatch } from '../errors.js';
import { idLookup, scaleNumber, strideOf, UNSEEN } from './field.js';
import type { Field, FieldValue } from './field.js';

/** Encoded values: numbers of a dense feature, ids of the others. */
export type EncodedValues = Float32Array | Int32Array;

/**
 * Encodes a column, row by row, and puts one entry more at the end: what a missing reference gets.
 * A missing value becomes the field's `missing` value; without one 0 (the training mean) for dense
 * features, "unseen" for categories, all padding for lists.
 * @returns `[rows + 1, stride]`, row-major
 */
export function encodeColumn(
  field: Field,
  column: Column | undefined,
  rows: number,
): EncodedValues {
  const encoded = repeatEntry(encodeMissing(field), rows + 1);
  if (column === undefined) return encoded;
  if (field.kind === 'dense') return encodeNumbers(field, column, encoded as Float32Array);
  return encodeIds(field, column, rows, encoded as Int32Array);
}

/** Writes what a plain value encodes to, `[stride]` from `at` on: the same numbers as {@link encodeColumn}. */
type ValueWriter = (value: FieldValue, into: EncodedValues, at: number) => void;

/** Makes the writer of a field; it allocates nothing for a value. */
export function createValueWriter(field: Field): ValueWriter {
  const missing = encodeMissing(field);
  const write = presentValueWriter(field);
  return (value, into, at) => {
    if (!write(value, into, at)) copyEntry(missing, 0, into, at, missing.length);
  };
}

/** Zeros for some entries of a feature. */
export function emptyEntries({ kind, width }: EncodedFeature, entries = 1): EncodedValues {
  const length = entries * Math.max(1, width);
  return kind === 'dense' ? new Float32Array(length) : new Int32Array(length);
}

/** Copies one entry; a loop, since entries are too short for `set` and `subarray` to pay. */
export function copyEntry(
  from: EncodedValues,
  start: number,
  into: EncodedValues,
  at: number,
  stride: number,
): void {
  for (let step = 0; step < stride; step++) into[at + step] = from[start + step]!;
}

function encodeMissing(field: Field): EncodedValues {
  const encoded = emptyEntries(field.feature);
  const isThere = presentValueWriter(field)(field.missing, encoded, 0);
  return !isThere && field.feature.kind === 'categorical' ? encoded.fill(UNSEEN) : encoded;
}

/** Writes values that are there; false for the others. */
type PresentWriter = (value: FieldValue, into: EncodedValues, at: number) => boolean;

function presentValueWriter(field: Field): PresentWriter {
  if (field.kind === 'dense') return numberWriter(field);
  const idOf = idLookup(field);
  return field.feature.kind === 'categorical'
    ? idWriter(idOf)
    : listWriter(idOf, field.feature.width);
}

function numberWriter(field: Field & { kind: 'dense' }): PresentWriter {
  return (value, into, at) => {
    const scaled = scaleNumber(field, typeof value === 'number' ? value : toNumber(value));
    if (scaled === undefined) return false;
    into[at] = scaled;
    return true;
  };
}

function idWriter(idOf: (value: string) => number): PresentWriter {
  return (value, into, at) => {
    if (!isSingle(value)) return false;
    into[at] = idOf(asText(value));
    return true;
  };
}

function listWriter(idOf: (value: string) => number, width: number): PresentWriter {
  return (value, into, at) => {
    const items = toList(value);
    if (items.length === 0) return false;
    const start = Math.max(0, items.length - width);
    for (let step = 0; step < width; step++)
      into[at + step] = start + step < items.length ? idOf(asText(items[start + step]!)) : 0;
    return true;
  };
}

function asText(value: number | string | boolean): string {
  return typeof value === 'string' ? value : String(value);
}

function repeatEntry(entry: EncodedValues, times: number): EncodedValues {
  const repeated =
    entry instanceof Float32Array
      ? new Float32Array(entry.length * times)
      : new Int32Array(entry.length * times);
  if (entry.length === 1) return repeated.fill(entry[0]!);
  if (entry.some((value) => value !== 0)) {
    for (let at = 0; at < times; at++) repeated.set(entry, at * entry.length);
  }
  return repeated;
}

function encodeNumbers(
  field: Field & { kind: 'dense' },
  column: Column,
  into: Float32Array,
): Float32Array {
  if (column.kind !== 'number') throw featureKindMismatch(field.feature.name, 'dense', column.kind);
  column.values.forEach((value, row) => {
    const scaled = scaleNumber(field, value);
    if (scaled !== undefined) into[row] = scaled;
  });
  return into;
}

function encodeIds(
  field: Field & { kind: 'ids' },
  column: Column,
  rows: number,
  into: Int32Array,
): Int32Array {
  const idOf = idLookup(field);
  if (column.kind === 'number') {
    column.values.forEach((value, row) => {
      if (!Number.isNaN(value)) into[row] = idOf(String(value));
    });
    return into;
  }
  const ids = Int32Array.from(column.categories, idOf);
  if (column.kind === 'list') return encodeLists(field, column, ids, rows, into);
  column.codes.forEach((code, row) => {
    if (code >= 0) into[row] = ids[code]!;
  });
  return into;
}

function encodeLists(
  field: Field & { kind: 'ids' },
  column: Column & { kind: 'list' },
  ids: Int32Array,
  rows: number,
  into: Int32Array,
): Int32Array {
  const stride = strideOf(field.feature);
  for (let row = 0; row < rows; row++) {
    const end = column.offsets[row + 1]!;
    const start = Math.max(column.offsets[row]!, end - stride);
    if (start === end) continue;
    into.fill(0, row * stride, (row + 1) * stride);
    for (let at = start; at < end; at++) into[row * stride + at - start] = ids[column.codes[at]!]!;
  }
  return into;
}

function toNumber(value: FieldValue): number {
  return isSingle(value) && value !== '' ? Number(value) : NaN;
}

/** Whether there is a single value. NaN is a missing number. */
function isSingle(value: FieldValue): value is number | string | boolean {
  if (typeof value === 'string') return true;
  return value !== null && value !== undefined && !Array.isArray(value) && !Number.isNaN(value);
}

function toList(value: FieldValue): readonly (string | number)[] {
  if (value === null || value === undefined) return [];
  return Array.isArray(value) ? (value as readonly (string | number)[]) : [String(value)];
}
