import type { FeatureDeclaration } from '@limaml/plugin';
import { z } from 'zod';
import { specInvalid, specUnknownKey } from '../errors.js';
import { parseLabelRule } from '../label-rule.js';

const name = z.string().min(1);
const format = z.enum(['csv', 'jsonl', 'parquet']);

const fileSchema = z.strictObject({
  file: name,
  /** Default: from the file's ending. */
  format: format.optional(),
  /** CSV only. Default `','`. */
  delimiter: z.string().length(1).optional(),
});

const featureSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    name,
    column: name.optional(),
    kind: z.literal('dense'),
    transform: z.enum(['none', 'log1p']).optional(),
  }),
  z.strictObject({
    name,
    column: name.optional(),
    kind: z.literal('categorical'),
    minCount: z.int().min(1).optional(),
  }),
  z.strictObject({
    name,
    column: name.optional(),
    kind: z.enum(['multi', 'sequence']),
    minCount: z.int().min(1).optional(),
    maxLength: z.int().min(1).optional(),
  }),
]);

const entitySchema = z.strictObject({
  column: name,
  table: fileSchema.extend({ key: name }).optional(),
  features: z.array(featureSchema).optional(),
});

const specSchema = z.strictObject({
  name,
  interactions: fileSchema,
  entities: z.record(name, entitySchema),
  candidate: name,
  timestamp: z.strictObject({
    column: name,
    unit: z.enum(['seconds', 'milliseconds', 'iso']),
  }),
  label: z.union([name, z.strictObject({ column: name, type: z.enum(['binary', 'number']) })]),
  context: z.array(featureSchema).optional(),
  outcomes: z.array(featureSchema).optional(),
  trueProbability: name.optional(),
  listSeparator: z.string().min(1).optional(),
  maxMalformedShare: z.number().min(0).max(1).optional(),
  maxMalformed: z.int().min(0).optional(),
});

/** A file, or a folder of files, and how it is written. */
export interface TableFile {
  /**
   * Path, relative to the folder that the dataset is loaded from. A folder is read with all files in it and in its
   * folders; names of folders such as `day=2026-01-05` are columns.
   */
  readonly file: string;
  /** Default: from the file's ending (`.csv`, `.tsv`, `.jsonl`, `.ndjson`, `.parquet`; `.gz` for the text formats). */
  readonly format?: 'csv' | 'jsonl' | 'parquet';
  /** Column separator of CSV. Default `','`, for `.tsv` a tab. */
  readonly delimiter?: string;
}

/** One entity type of a log. */
export interface TableEntity {
  /** Column of the interaction file with the entity's id; empty = none took part. */
  readonly column: string;
  /** Side table with one row per entity, joined by `key`. */
  readonly table?: TableFile & { readonly key: string };
  /** Columns of the side table that become features. */
  readonly features?: readonly FeatureDeclaration[];
}

/** Describes the files of an interaction log. Checked as a whole before anything is read. */
export interface TableSpec {
  /** Name under which the dataset is registered. */
  readonly name: string;
  readonly interactions: TableFile;
  /** By entity type. */
  readonly entities: Readonly<Record<string, TableEntity>>;
  /** The entity type that is scored. */
  readonly candidate: string;
  /** `'iso'` takes ISO 8601 text (UTC where no zone is given) and the timestamp types of Parquet. */
  readonly timestamp: {
    readonly column: string;
    readonly unit: 'seconds' | 'milliseconds' | 'iso';
  };
  /**
   * A column of 0 and 1 (or true and false), or a rule such as `'rating >= 4'`. The object form with
   * type `'number'` takes any number, for regression.
   */
  readonly label: string | { readonly column: string; readonly type: 'binary' | 'number' };
  /** Columns of the interaction file that are known when a candidate is scored. */
  readonly context?: readonly FeatureDeclaration[];
  /** Columns of the interaction file that are known afterwards only. */
  readonly outcomes?: readonly FeatureDeclaration[];
  /** Column with the true probability of the label, where data are simulated. */
  readonly trueProbability?: string;
  /** Between the values of a list in one text column. Default `'|'`. */
  readonly listSeparator?: string;
  /** Share of malformed rows put up with, per file. Default 0.01. */
  readonly maxMalformedShare?: number;
  /** Number of malformed rows put up with, per file. Default: no limit. */
  readonly maxMalformed?: number;
}

/**
 * Checks a spec, one read from JSON for example.
 *
 * @throws LIMAML_ERR_DATA_SPEC when it is wrong, LIMAML_ERR_DATA_SPEC_KEY for unknown keys,
 *   LIMAML_ERR_DATA_LABEL_RULE
 */
export function parseTableSpec(spec: unknown): TableSpec {
  const parsed = specSchema.safeParse(spec);
  if (!parsed.success) throw describeProblem(parsed.error);
  // zod writes optional keys as `| undefined`; strict objects hold nothing else.
  const valid = parsed.data as TableSpec;
  assertConsistent(valid);
  return valid;
}

function assertConsistent(spec: TableSpec): void {
  if (!(spec.candidate in spec.entities)) {
    throw specInvalid(
      `candidate: "${spec.candidate}" is not one of the entities (${Object.keys(spec.entities).join(', ')})`,
    );
  }
  for (const [type, entity] of Object.entries(spec.entities)) {
    if (entity.features?.length && !entity.table) {
      throw specInvalid(`entities.${type}.features: features need a side table ("table")`);
    }
  }
  if (typeof spec.label === 'string') parseLabelRule(spec.label);
}

function describeProblem(error: z.ZodError): Error {
  const unknown = error.issues.find((issue) => issue.code === 'unrecognized_keys');
  if (unknown) return specUnknownKey(unknown.keys[0]!, unknown.path.join('.'), KNOWN_KEYS);
  return specInvalid(z.prettifyError(error));
}

const KNOWN_KEYS = [
  specSchema.shape,
  fileSchema.shape,
  entitySchema.shape,
  specSchema.shape.timestamp.shape,
  ...featureSchema.options.map((option) => option.shape),
].flatMap((shape) => Object.keys(shape));
