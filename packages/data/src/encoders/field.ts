import type { Column, EncodedFeature, FeatureDeclaration } from '@limaml/plugin';
import { featureKindMismatch } from '../errors.js';

/** Id of values that were not seen in training, and of missing ones; 0 is padding. */
export const UNSEEN = 1;
/** First id of a known value. */
export const FIRST_KNOWN = 2;

/** A plain value of a record, as a caller of the encoders has it. */
export type FieldValue =
  number | string | boolean | null | undefined | readonly (string | number)[];

/** A fitted feature: everything needed to encode it again. JSON-safe. */
export type Field = {
  readonly feature: EncodedFeature;
  /** Column it is read from. */
  readonly column: string;
  /** Value that stands in for a missing one. Default: none, 0, "unseen" or an empty list. */
  readonly missing?: number | string | readonly string[];
} & (
  | {
      readonly kind: 'dense';
      readonly transform: 'none' | 'log1p';
      readonly mean: number;
      readonly scale: number;
    }
  /** Known values; value k has id k + 2. */
  | { readonly kind: 'ids'; readonly values: readonly string[] }
);

/** Whose a field is: the first part of its name. */
export type Owner = EncodedFeature['owner'];

/**
 * Fits a feature.
 * @param weight per row of the column, how many training rows show it; rows of weight 0 are not looked at
 */
export function fitField(
  declaration: FeatureDeclaration,
  name: string,
  owner: Owner,
  column: Column,
  weight: ArrayLike<number>,
): Field {
  const source = declaration.column ?? declaration.name;
  if (declaration.kind === 'dense') {
    const feature = { name, owner, kind: 'dense', width: 1, size: 0, vocabulary: '' } as const;
    const transform = declaration.transform ?? 'none';
    return {
      feature,
      column: source,
      kind: 'dense',
      transform,
      ...fitScale(name, column, weight, transform),
    };
  }
  const values = frequentValues(column, weight, declaration.minCount ?? 1);
  const width = declaration.kind === 'categorical' ? 0 : listWidth(declaration, name, column);
  const feature = idFeature(name, owner, declaration.kind, width, values.length);
  return { feature, column: source, kind: 'ids', values };
}

/** Describes a feature made of ids of its own vocabulary. */
export function idFeature(
  name: string,
  owner: Owner,
  kind: 'categorical' | 'multi' | 'sequence',
  width: number,
  values: number,
): EncodedFeature {
  return { name, owner, kind, width, size: values + FIRST_KNOWN, vocabulary: name };
}

/** Numbers per entry in encoded form. */
export function strideOf(feature: EncodedFeature): number {
  return Math.max(1, feature.width);
}

/** Standardises one number; undefined where it is not finite. */
export function scaleNumber(field: Field & { kind: 'dense' }, value: number): number | undefined {
  const scaled = (transformed(value, field.transform) - field.mean) / field.scale;
  return Number.isFinite(scaled) ? scaled : undefined;
}

/** Ids by value of fields that were looked up: a log in parts asks for the same again and again. */
const LOOKUPS = new WeakMap<readonly string[], ReadonlyMap<string, number>>();

/** Looks ids up by value. */
export function idLookup(field: Field & { kind: 'ids' }): (value: string) => number {
  const known = LOOKUPS.get(field.values);
  const ids = known ?? new Map(field.values.map((value, at) => [value, at + FIRST_KNOWN]));
  if (known === undefined) LOOKUPS.set(field.values, ids);
  return (value) => ids.get(value) ?? UNSEEN;
}

function transformed(value: number, transform: 'none' | 'log1p'): number {
  return transform === 'log1p' ? Math.log1p(Math.max(0, value)) : value;
}

function fitScale(
  name: string,
  column: Column,
  weight: ArrayLike<number>,
  transform: 'none' | 'log1p',
): { mean: number; scale: number } {
  if (column.kind !== 'number') throw featureKindMismatch(name, 'dense', column.kind);
  let [total, sum, squares] = [0, 0, 0];
  column.values.forEach((raw, row) => {
    const value = transformed(raw, transform);
    if (!weight[row] || !Number.isFinite(value)) return;
    total += weight[row];
    sum += weight[row] * value;
    squares += weight[row] * value * value;
  });
  if (total === 0) return { mean: 0, scale: 1 };
  const mean = sum / total;
  const variance = squares / total - mean * mean;
  // A constant feature (or one whose spread is rounding error) is only centred.
  const spread = variance > 1e-12 * (mean * mean + 1e-12);
  return { mean, scale: spread ? Math.sqrt(variance) : 1 };
}

/** Values seen at least `minCount` times, most frequent first; equal counts in order of appearance. */
function frequentValues(column: Column, weight: ArrayLike<number>, minCount: number): string[] {
  const counts = new Map<string, number>();
  const rows = column.kind === 'list' ? column.offsets.length - 1 : lengthOf(column);
  for (let row = 0; row < rows; row++) {
    if (!weight[row]) continue;
    for (const value of valuesOf(column, row)) {
      counts.set(value, (counts.get(value) ?? 0) + weight[row]!);
    }
  }
  return [...counts]
    .filter(([, count]) => count >= minCount)
    .sort(([, left], [, right]) => right - left)
    .map(([value]) => value);
}

function lengthOf(column: Column & { kind: 'number' | 'category' }): number {
  return column.kind === 'number' ? column.values.length : column.codes.length;
}

function valuesOf(column: Column, row: number): string[] {
  if (column.kind === 'number') {
    const value = column.values[row]!;
    return Number.isNaN(value) ? [] : [String(value)];
  }
  if (column.kind === 'category') {
    const code = column.codes[row]!;
    return code < 0 ? [] : [column.categories[code]!];
  }
  const codes = column.codes.subarray(column.offsets[row], column.offsets[row + 1]);
  return Array.from(codes, (code) => column.categories[code]!);
}

/** Places of a list feature: its longest list, at most `maxLength`, at least one. */
function listWidth(
  declaration: FeatureDeclaration & { kind: 'multi' | 'sequence' },
  name: string,
  column: Column,
): number {
  if (column.kind !== 'list') throw featureKindMismatch(name, declaration.kind, column.kind);
  let longest = 1;
  for (let row = 0; row + 1 < column.offsets.length; row++) {
    longest = Math.max(longest, column.offsets[row + 1]! - column.offsets[row]!);
  }
  return Math.min(longest, declaration.maxLength ?? 16);
}
