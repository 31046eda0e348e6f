import { fingerprintOf } from '@limaml/data';
import { FEATURE_KINDS, FEATURE_OWNERS, FEATURE_ROLES, type EmbeddingDtype } from '@limaml/plugin';
import { z } from 'zod';
import { formatUnsupported, fingerprintMismatch, manifestInvalid } from './errors.js';
import { jsonDepth } from './json-depth.js';

/** Version of the bundle folder format. */
export const BUNDLE_FORMAT = 2;

/** Greatest size of a file: what a protobuf message can be. */
const MOST_BYTES = 2 ** 31 - 1;
const MOST_FILES = 32;
const MOST_DIMS = 65_536;
const MOST_ENTITY_TYPES = 64;
/** Further entity types of a joint model: each brings three files. */
const MOST_OTHERS = 8;

const EMBEDDING_DTYPES = [
  'float32',
  'float16',
  'int8',
] as const satisfies readonly EmbeddingDtype[];

/** Entity types become part of file names. */
export const ENTITY_NAME = /^[a-zA-Z][\w-]{0,63}$/;

/** Levels of lists and objects in a manifest, at most; options of a model are all that could be deep. */
const MOST_LEVELS = 64;

const SHA256 = z.string().regex(/^[0-9a-f]{64}$/);

const featureSchema = z.strictObject({
  entity: z.string(),
  metaFeatures: z.array(z.string()),
  features: z.array(
    z.strictObject({
      name: z.string(),
      owner: z.enum(FEATURE_OWNERS),
      kind: z.enum(FEATURE_KINDS),
      width: z.int().nonnegative(),
      size: z.int().nonnegative(),
      vocabulary: z.string(),
      role: z.enum(FEATURE_ROLES).exactOptional(),
    }),
  ),
});

/** `AlgorithmDescription` of `@limaml/core`. Bundles from before it had more than five fields lack the others. */
const algorithm = z.strictObject({
  name: z.string().exactOptional(),
  metaGradient: z.enum(['unrolled', 'implicit', 'reptile', 'joint']).exactOptional(),
  innerSteps: z.int().nonnegative(),
  innerLearningRate: z.union([
    z.number(),
    z.strictObject({
      initial: z.number(),
      per: z.enum(['element', 'parameter', 'parameter-step']),
    }),
  ]),
  innerOptimiser: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('sgd') }),
      z.strictObject({ kind: z.literal('momentum'), beta: z.number() }),
      z.strictObject({
        kind: z.literal('adam'),
        ...{ beta1: z.number(), beta2: z.number(), epsilon: z.number() },
      }),
    ])
    .exactOptional(),
  order: z.enum(['first', 'second']),
  firstOrderEpochs: z.int().nonnegative().exactOptional(),
  /** Names of the adapted parameters. */
  adapts: z.array(z.string()).exactOptional(),
  loss: z.enum(['binary-cross-entropy', 'squared-error']),
  supportShrinkage: z.number().nonnegative(),
  proximal: z.number().nonnegative().exactOptional(),
  innerClipNorm: z.number().positive().nullable().exactOptional(),
  innerDropout: z.boolean().exactOptional(),
  stepLoss: z
    .union([z.array(z.number()), z.strictObject({ anneal: z.int() })])
    .nullable()
    .exactOptional(),
  taskWeighting: z.enum(['size', 'uniform']).exactOptional(),
  implicit: z.strictObject({ steps: z.int(), damping: z.number() }).exactOptional(),
  fastWeights: z.enum(['auto', 'materialised', 'low-rank']).exactOptional(),
  /** Names of the hooks that it had. */
  hooks: z.array(z.string()).exactOptional(),
});

const fileEntry = z.strictObject({
  // Fixed names only: nothing in a manifest can point outside its folder.
  name: z
    .string()
    .regex(
      /^(?:(?:adapt|prior)\.[a-zA-Z][\w-]{0,63}\.onnx|score\.onnx|encoders(?:\.[a-zA-Z][\w-]{0,63})?\.json|candidates\.(?:json|safetensors)|candidate-entities\.json)$/,
    ),
  bytes: z.int().nonnegative().max(MOST_BYTES),
  sha256: SHA256,
});

const supportSchema = z.strictObject({
  maxSize: z.int().positive(),
  window: z.number().positive().exactOptional(),
});

/** What a joint model has of an entity type beside the one that is adapted for a request. */
const otherSchema = z.strictObject({
  algorithm,
  /** Numbers of an embedding. */
  dim: z.int().positive().max(MOST_DIMS),
  support: supportSchema,
  schema: featureSchema,
});

const lossSchema = z.strictObject({
  /** Rows that were scored with both models. */
  rows: z.int().positive(),
  /** |difference| of the logits. */
  logitDifference: z.strictObject({ mean: z.number(), max: z.number() }),
  auc: z.strictObject({ float32: z.number(), int8: z.number() }).exactOptional(),
});

/** What quantising `score.onnx` costs in quality. */
export type QuantisationLoss = z.infer<typeof lossSchema>;

export const manifestSchema = z.strictObject({
  format: z.literal(BUNDLE_FORMAT),
  /** Version of limaml that wrote the bundle. */
  limaml: z.string(),
  createdBy: z.string(),
  createdAt: z.iso.datetime(),
  model: z.strictObject({
    name: z.string(),
    options: z.record(z.string(), z.json()),
    /** SHA-256 over name, options and every trained value. */
    fingerprint: SHA256,
  }),
  /** What it was trained on, where that is known. */
  data: z.strictObject({ name: z.string(), fingerprint: SHA256 }).exactOptional(),
  algorithm,
  /** Entity type that is adapted. */
  entity: z.string().regex(ENTITY_NAME),
  /** All entity types of an interaction: the one that is adapted, the candidate, others. */
  entityTypes: z.array(z.string()).min(1).max(MOST_ENTITY_TYPES),
  /** Numbers of an embedding, and how generation keeps them. */
  embedding: z.strictObject({
    dim: z.int().positive().max(MOST_DIMS),
    dtype: z.enum(EMBEDDING_DTYPES),
  }),
  /** Present where the products of `score.onnx` are of 8 bits. */
  quantisation: z
    .strictObject({
      score: z.literal('int8'),
      /** Products that were quantised. */
      products: z.int().nonnegative(),
      loss: lossSchema.exactOptional(),
    })
    .exactOptional(),
  support: supportSchema,
  schema: featureSchema,
  /** Of a joint model: the further entity types that have meta embeddings, which rows read as features. */
  others: z
    .record(z.string().regex(ENTITY_NAME), otherSchema)
    .refine((others) => Object.keys(others).length <= MOST_OTHERS, `more than ${MOST_OTHERS} types`)
    .exactOptional(),
  /** Candidates that can be scored by id. */
  candidates: z.int().nonnegative(),
  files: z.array(fileEntry).max(MOST_FILES),
  fingerprint: SHA256,
});

/** The contents of `manifest.json`. */
export type BundleManifest = z.infer<typeof manifestSchema>;

/** One file of a bundle, as its manifest lists it. */
export type BundleFile = BundleManifest['files'][number];

/** Names of the files of one entity type that a joint model has beside the bundle's own. */
export function otherFileNames(type: string): {
  readonly adapt: string;
  readonly prior: string;
  readonly encoders: string;
} {
  return {
    adapt: `adapt.${type}.onnx`,
    prior: `prior.${type}.onnx`,
    encoders: `encoders.${type}.json`,
  };
}

/** Which entities of other types belong to each candidate; only the bundle of a joint model has it. */
export const CANDIDATE_ENTITIES = 'candidate-entities.json';

/** Names of the files that a bundle must have. */
function fileNamesOf({ entity, others }: Pick<BundleManifest, 'entity' | 'others'>): string[] {
  const own = Object.values(bundleFileNames(entity));
  if (others === undefined) return own;
  const further = Object.keys(others).flatMap((type) => Object.values(otherFileNames(type)));
  return [...own, ...further, CANDIDATE_ENTITIES];
}

/** Names of the files every bundle for `entity` has. */
export function bundleFileNames(entity: string): {
  readonly adapt: string;
  readonly prior: string;
  readonly score: string;
  readonly encoders: string;
  readonly candidateIds: string;
  readonly candidateFeatures: string;
} {
  return {
    adapt: `adapt.${entity}.onnx`,
    prior: `prior.${entity}.onnx`,
    score: 'score.onnx',
    encoders: 'encoders.json',
    candidateIds: 'candidates.json',
    candidateFeatures: 'candidates.safetensors',
  };
}

const NOT_COUNTED = ['fingerprint', 'createdAt', 'createdBy', 'limaml', 'quantisation'];

/**
 * Identity of a bundle: SHA-256 over everything in its manifest that says what it computes, the
 * checksums of all files included. When and by whom it was written, and what was measured, does not count, so
 * exporting a run twice gives one fingerprint.
 */
export function bundleFingerprint(manifest: Omit<BundleManifest, 'fingerprint'>): string {
  const counted = Object.entries(manifest).filter(([key]) => !NOT_COUNTED.includes(key));
  return fingerprintOf(Object.fromEntries(counted));
}

/** What a manifest says besides what {@link sealManifest} adds. */
export type ManifestFields = Omit<
  { readonly [Key in keyof BundleManifest]: unknown },
  'format' | 'createdAt' | 'fingerprint'
>;

/** Makes a manifest: plain JSON, dated, with its fingerprint. */
export function sealManifest(fields: ManifestFields): BundleManifest {
  const described = { ...fields, format: BUNDLE_FORMAT, createdAt: new Date().toISOString() };
  const plain: unknown = JSON.parse(JSON.stringify(described));
  const checked = manifestSchema.omit({ fingerprint: true }).parse(plain);
  return { ...checked, fingerprint: bundleFingerprint(checked) };
}

/**
 * Checks the text of a `manifest.json`.
 * @throws a coded error when it is not JSON, has another format version, another structure, lacks a
 *   file, or was changed after it was written
 */
export function parseManifest(text: string, path: string): BundleManifest {
  const value = parseJson(text, path);
  const format =
    typeof value === 'object' && value !== null && 'format' in value ? value.format : undefined;
  if (format !== BUNDLE_FORMAT) throw formatUnsupported(path, format, BUNDLE_FORMAT);
  const parsed = manifestSchema.safeParse(value);
  if (!parsed.success) throw manifestInvalid(path, describe(parsed.error));
  checkFileList(parsed.data, path);
  if (bundleFingerprint(parsed.data) !== parsed.data.fingerprint) throw fingerprintMismatch(path);
  return parsed.data;
}

function parseJson(text: string, path: string): unknown {
  if (jsonDepth(text) > MOST_LEVELS)
    throw manifestInvalid(path, `it is nested more than ${MOST_LEVELS} levels deep`);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw manifestInvalid(path, (error as Error).message);
  }
}

function describe(error: z.ZodError): string {
  const issue = error.issues[0]!;
  return `${issue.path.join('.') || 'manifest'}: ${issue.message}`;
}

function checkFileList(manifest: BundleManifest, path: string): void {
  if (!manifest.entityTypes.includes(manifest.entity))
    throw manifestInvalid(path, `entityTypes lacks "${manifest.entity}"`);
  const stranger = Object.keys(manifest.others ?? {}).find(
    (type) => type === manifest.entity || !manifest.entityTypes.includes(type),
  );
  if (stranger !== undefined)
    throw manifestInvalid(path, `others has "${stranger}", which is no other type of a row`);
  const listed = manifest.files.map((file) => file.name).sort();
  const wanted = fileNamesOf(manifest).sort();
  if (listed.join() !== wanted.join()) {
    throw manifestInvalid(
      path,
      `files lists ${listed.join(', ') || 'nothing'}, expected ${wanted.join(', ')}`,
    );
  }
}
