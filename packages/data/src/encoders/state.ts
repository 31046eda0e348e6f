import { FEATURE_KINDS, FEATURE_OWNERS, FEATURE_ROLES } from '@limaml/plugin';
import { z } from 'zod';
import { encodersInvalid, encodersVersion } from '../errors.js';
import type { FactorState } from './candidate-factors.js';
import type { CandidateStatistics } from './candidate-rate.js';
import type { Field } from './field.js';

/** Version of {@link EncodersState}. */
export const ENCODERS_VERSION = 1;

/** Features of one entity type that rows refer to. */
export interface ReferenceFields {
  readonly type: string;
  /** Its id, a feature of the row. */
  readonly id: Field & { readonly kind: 'ids' };
  readonly fields: readonly Field[];
}

/** Everything that was fitted. JSON-safe. */
export interface EncodersState {
  readonly version: typeof ENCODERS_VERSION;
  /** Entity type whose members are the tasks. */
  readonly entity: string;
  readonly candidate: string;
  readonly metaFeatures: readonly string[];
  readonly entityId: Field & { readonly kind: 'ids' };
  readonly entityFields: readonly Field[];
  readonly references: readonly ReferenceFields[];
  readonly context: readonly Field[];
  readonly outcomes: readonly Field[];
  /** Whether candidates without training rows were prepared for. */
  readonly newCandidates?: true;
  readonly statistics: CandidateStatistics;
  readonly factors?: FactorState;
}

const feature = z.object({
  name: z.string(),
  owner: z.enum(FEATURE_OWNERS),
  kind: z.enum(FEATURE_KINDS),
  width: z.int().min(0),
  size: z.int().min(0),
  vocabulary: z.string(),
  role: z.enum(FEATURE_ROLES).optional(),
});
const common = {
  feature,
  column: z.string(),
  missing: z.union([z.number(), z.string(), z.array(z.string())]).optional(),
};
const idsField = z.object({ ...common, kind: z.literal('ids'), values: z.array(z.string()) });
const denseField = z.object({
  ...common,
  kind: z.literal('dense'),
  transform: z.enum(['none', 'log1p']),
  mean: z.number(),
  scale: z.number(),
});
const fields = z.array(z.discriminatedUnion('kind', [idsField, denseField]));
const numbers = z.array(z.number());
const stateSchema = z.object({
  version: z.literal(ENCODERS_VERSION),
  entity: z.string(),
  candidate: z.string(),
  metaFeatures: z.array(z.string()),
  entityId: idsField,
  entityFields: fields,
  references: z.array(z.object({ type: z.string(), id: idsField, fields })),
  context: fields,
  outcomes: fields,
  newCandidates: z.literal(true).optional(),
  statistics: z.object({
    smoothing: z.number(),
    globalRate: z.number(),
    logit: z.boolean(),
    popularity: z.object({ mean: z.number(), scale: z.number() }),
    count: numbers,
    label: numbers,
    outcomes: z.record(z.string(), numbers),
    prior: z.object({ label: numbers, outcomes: z.record(z.string(), numbers) }).optional(),
  }),
  factors: z
    .object({
      dim: z.int().min(1),
      target: z.string(),
      precision: z.number(),
      noise: z.number(),
      center: z.number(),
      scale: z.number(),
      loadings: numbers,
      mean: numbers,
    })
    .optional(),
});

/**
 * Checks what was read from a file.
 * @throws LIMAML_ERR_DATA_ENCODERS_VERSION, LIMAML_ERR_DATA_ENCODERS_INVALID
 */
export function parseState(json: unknown): EncodersState {
  const version = z.object({ version: z.number() }).safeParse(json);
  if (version.success && version.data.version !== ENCODERS_VERSION) {
    throw encodersVersion(version.data.version, ENCODERS_VERSION);
  }
  const parsed = stateSchema.safeParse(json);
  if (!parsed.success) throw encodersInvalid(z.prettifyError(parsed.error), parsed.error);
  // The schema describes exactly this type; zod writes optional keys as `| undefined`.
  return parsed.data as EncodersState;
}
