import { loadEncoders, type Encoders } from '@limaml/data';
import type { Executable } from '@limaml/graph';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { readBundleFolder, type BundleContents } from './bundle-folder.js';
import { candidateFeatures, readCandidates, type CandidateTable } from './candidate-table.js';
import { encodersUnreadable, schemaMismatch } from './errors.js';
import { bundleFileNames, type BundleManifest } from './manifest.js';
import { checkModel, type ModelKind } from './model-ports.js';

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
  const models = await loadModels(manifest, contents, runtime);
  const workers = runtime.workers === undefined ? {} : { workers: runtime.workers };
  const dispose = (): Promise<void> => disposeAll(Object.values(models));
  return { manifest, ...parts, ...models, ...workers, dispose };
}

const MODEL_KINDS = ['adapt', 'prior', 'score'] as const;

/**
 * Checks what is in the files of a bundle, and reads what is no model.
 * @throws what {@link openBundle} throws when a file is not what the manifest says
 */
export function checkBundle(
  folder: string,
  manifest: BundleManifest,
  contents: BundleContents,
): Pick<Bundle, 'encoders' | 'candidates'> {
  const { entity, schema, embedding } = manifest;
  const parts = readParts(folder, manifest, contents);
  const names = bundleFileNames(entity);
  for (const kind of MODEL_KINDS) {
    checkModel(kind, contents.get(names[kind])!, join(folder, names[kind]), schema, embedding.dim);
  }
  return parts;
}

function readParts(
  folder: string,
  manifest: BundleManifest,
  contents: BundleContents,
): Pick<Bundle, 'encoders' | 'candidates'> {
  const names = bundleFileNames(manifest.entity);
  const encoders = readEncoders(contents.get(names.encoders)!, join(folder, names.encoders));
  const schema: unknown = JSON.parse(JSON.stringify(encoders.schema));
  if (!isDeepStrictEqual(schema, manifest.schema)) throw schemaMismatch(folder);
  const candidates = readCandidates(
    { ids: contents.get(names.candidateIds)!, features: contents.get(names.candidateFeatures)! },
    candidateFeatures(encoders),
    { ids: join(folder, names.candidateIds), features: join(folder, names.candidateFeatures) },
  );
  return { encoders, candidates };
}

function readEncoders(bytes: Uint8Array, file: string): Encoders {
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch (error) {
    throw encodersUnreadable(file, error);
  }
  return loadEncoders(json);
}

async function loadModels(
  { entity }: BundleManifest,
  contents: BundleContents,
  runtime: ModelRuntime,
): Promise<Record<ModelKind, Executable>> {
  const names = bundleFileNames(entity);
  const loaded: Partial<Record<ModelKind, Executable>> = {};
  try {
    for (const kind of MODEL_KINDS)
      loaded[kind] = await runtime.load(contents.get(names[kind])!, { name: names[kind] });
  } catch (error) {
    await disposeAll(Object.values(loaded));
    throw error;
  }
  return loaded as Record<ModelKind, Executable>;
}

async function disposeAll(models: readonly Executable[]): Promise<void> {
  await Promise.all(models.map((model) => model.dispose()));
}
