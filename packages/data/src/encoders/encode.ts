import type { Column } from '@limaml/plugin';
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

/** Encodes one plain value, `[stride]`: the same numbers as {@link encodeColumn} gives for it. */
export function createValueEncoder(field: Field): (value: FieldValue) => EncodedValues {
  const missing = encodeMissing(field);
  const encode = presentValueEncoder(field);
  return (value) => encode(value) ?? missing.slice();
}

function encodeMissing(field: Field): EncodedValues {
  const encoded = presentValueEncoder(field)(field.missing);
  if (encoded !== undefined) return encoded;
  if (field.kind === 'dense') return new Float32Array(1);
  if (field.feature.kind === 'categorical') return Int32Array.of(UNSEEN);
  return new Int32Array(field.feature.width);
}

/** Encodes values that are there; undefined for the others. */
function presentValueEncoder(field: Field): (value: FieldValue) => EncodedValues | undefined {
  if (field.kind === 'dense') {
    return (value) => {
      const scaled = scaleNumber(field, toNumber(value));
      return scaled === undefined ? undefined : Float32Array.of(scaled);
    };
  }
  const idOf = idLookup(field);
  if (field.feature.kind === 'categorical') {
    return (value) => (isSingle(value) ? Int32Array.of(idOf(String(value))) : undefined);
  }
  return (value) => encodeList(toList(value), idOf, field.feature.width);
}

function encodeList(
  items: readonly (string | number)[],
  idOf: (value: string) => number,
  width: number,
): Int32Array | undefined {
  if (items.length === 0) return undefined;
  const encoded = new Int32Array(width);
  encoded.set(items.slice(-width).map((item) => idOf(String(item))));
  return encoded;
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
  return value !== null && value !== undefined && !Array.isArray(value) && !Number.isNaN(value);
}

function toList(value: FieldValue): readonly (string | number)[] {
  if (value === null || value === undefined) return [];
  return Array.isArray(value) ? (value as readonly (string | number)[]) : [String(value)];
}
