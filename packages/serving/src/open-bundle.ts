import type { Encoders } from '@limaml/data';
import type { Executable } from '@limaml/graph';
import { readBundleFolder, type BundleContents } from './bundle-folder.js';
import type { CandidateTable } from './candidate-table.js';
import { checkBundle, type BundleParts } from './check-bundle.js';
import { bundleFileNames, otherFileNames, type BundleManifest } from './manifest.js';

/** What runs the models of a bundle: `createOrtExecutor()` of `@limaml/backend-ort` is one. */
export interface ModelRuntime {
  /** Runs that it computes at once in worker threads; absent: one at a time, in the calling thread. */
  readonly workers?: number;
  /** Loads an ONNX model. */
  load(model: Uint8Array, options?: { readonly name?: string }): Promise<Executable>;
}

/** An open bundle: checked, loaded, ready to adapt and score. */
export interface Bundle {
  readonly manifest: BundleManifest;
  readonly encoders: Encoders;
  /** Candidates that can be scored by id. */
  readonly candidates: CandidateTable;
  /** Support set → meta embedding; the inner loop is inside. */
  readonly adapt: Executable;
  /** Entity features → prior embedding. */
  readonly prior: Executable;
  /** Meta embedding and candidates → scores. */
  readonly score: Executable;
  /**
   * Of a joint model: the same bundle as each other entity type sees it, by type. There that type adapts, and this
   * one is among the others. Rows read the embeddings of these types. Empty for a model of one type.
   */
  readonly others: Readonly<Record<string, Bundle>>;
  /** Runs that the models compute at once, as the runtime says. */
  readonly workers?: number;
  /** Releases the models. */
  dispose(): Promise<void>;
}

/**
 * Opens a bundle. Everything is checked before any model is loaded: structure and version of the
 * manifest, file names, sizes, SHA-256 checksums, operators, shapes and places of constants, names and shapes of the
 * models' inputs. Nothing larger than the manifest may say is read, and no link is followed.
 *
 * @param folder the bundle, as `exportBundle` wrote it
 * @param options the `runtime` that runs the models; it stays open when the bundle is disposed of
 * @throws LIMAML_ERR_SERVING_BUNDLE_MISSING, …_MANIFEST_INVALID, …_FORMAT_UNSUPPORTED, …_FINGERPRINT,
 *   …_FILE_MISSING, …_FILE_SIZE, …_FILE_CHECKSUM, …_MODEL_OPSET, …_MODEL_CONTENTS, …_MODEL_PORTS, …_CANDIDATES_INVALID,
 *   …_ENCODERS_INVALID, …_SCHEMA_MISMATCH
 *
 * @example
 * ```ts
 * const runtime = await createOrtExecutor();
 * const bundle = await openBundle('bundles/ml-1m', { runtime });
 * console.log(bundle.manifest.embedding.dim);
 * ```
 */
export async function openBundle(
  folder: string,
  { runtime }: { readonly runtime: ModelRuntime },
): Promise<Bundle> {
  const { manifest, contents } = await readBundleFolder(folder);
  const parts = checkBundle(folder, manifest, contents);
  const models = await loadModels(contents, runtime);
  const types = typesOf(manifest, parts, (name) => models.get(name)!);
  const shared = {
    candidates: parts.candidates,
    score: models.get(bundleFileNames(manifest.entity).score)!,
    ...(runtime.workers !== undefined && { workers: runtime.workers }),
    dispose: () => disposeAll(models.values()),
  };
  return seenFrom(manifest.entity, types, shared);
}

/** What belongs to one entity type of a bundle. */
type TypePart = Pick<Bundle, 'manifest' | 'encoders' | 'adapt' | 'prior'>;

function typesOf(
  manifest: BundleManifest,
  { encoders, others }: BundleParts,
  modelOf: (name: string) => Executable,
): ReadonlyMap<string, TypePart> {
  const part = (names: { readonly adapt: string; readonly prior: string }) => ({
    adapt: modelOf(names.adapt),
    prior: modelOf(names.prior),
  });
  const { entity } = manifest;
  const own = { manifest, encoders, ...part(bundleFileNames(entity)) };
  const further = Object.entries(others).map(([type, typed]) => {
    const seen = manifestSeenFrom(type, manifest);
    return [type, { manifest: seen, encoders: typed, ...part(otherFileNames(type)) }] as const;
  });
  return new Map([[entity, own], ...further]);
}

function manifestSeenFrom(type: string, manifest: BundleManifest): BundleManifest {
  const { algorithm, dim, support, schema } = manifest.others![type]!;
  const embedding = { ...manifest.embedding, dim };
  return { ...manifest, entity: type, algorithm, embedding, support, schema };
}

/** Each type knows the others, which know it. */
function seenFrom(
  entity: string,
  types: ReadonlyMap<string, TypePart>,
  shared: Pick<Bundle, 'candidates' | 'score' | 'workers' | 'dispose'>,
): Bundle {
  const seen = new Map(
    [...types].map(([type, part]) => {
      const others: Record<string, Bundle> = {};
      return [type, { ...part, ...shared, others }] as const;
    }),
  );
  for (const [type, { others }] of seen)
    for (const [other, bundle] of seen) if (other !== type) others[other] = bundle;
  return seen.get(entity)!;
}

/** The models by file name. */
async function loadModels(
  contents: BundleContents,
  runtime: ModelRuntime,
): Promise<ReadonlyMap<string, Executable>> {
  const loaded = new Map<string, Executable>();
  try {
    for (const [name, bytes] of contents)
      if (name.endsWith('.onnx')) loaded.set(name, await runtime.load(bytes, { name }));
  } catch (error) {
    await disposeAll(loaded.values());
    throw error;
  }
  return loaded;
}

async function disposeAll(models: Iterable<Executable>): Promise<void> {
  await Promise.all([...models].map((model) => model.dispose()));
}
