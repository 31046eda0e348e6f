import { adaptProgram, describeAlgorithm, priorProgram, scoreProgram } from '@limaml/core';
import { loadEncoders } from '@limaml/data';
import { listFiles, writeBundleFolder, type BundleContents } from './bundle-folder.js';
import type { BundleSource } from './bundle-source.js';
import { candidateFeatures, encodeCandidates, writeCandidates } from './candidate-table.js';
import type { CandidateTable } from './candidate-table.js';
import type { Candidate } from './collect-candidates.js';
import { entityNotExportable, severalEntities } from './errors.js';
import { lower } from './lower.js';
import {
  bundleFileNames,
  ENTITY_NAME,
  sealManifest,
  type BundleManifest,
  type ManifestFields,
} from './manifest.js';
import { LIMAML_VERSION } from './version.js';

/** Options of {@link exportBundle}. */
export interface ExportOptions {
  /** Candidates that can be scored by id (`collectCandidates(log, 'member')`). Default: none. */
  readonly candidates?: Iterable<Candidate>;
  /** Replace an earlier bundle in the same place. Default: false. */
  readonly overwrite?: boolean;
  /** Who exports, for the manifest. Default: `limaml <version>`. */
  readonly createdBy?: string;
}

/**
 * Exports a trained run as a bundle: a folder that holds everything needed to generate meta embeddings
 * and to score, and nothing else. The parameters and embedding tables are frozen into the models; the
 * numbers of entities (T), support rows (S) and candidates (N) stay dynamic.
 *
 * The folder appears complete or not at all.
 *
 * @param source a trained model, e.g. from `openRun` of `@limaml/experiment`
 * @param folder where the bundle goes; must not exist unless `overwrite`
 * @returns the manifest, as written to `manifest.json`
 * @throws LIMAML_ERR_SERVING_BUNDLE_EXISTS, LIMAML_ERR_SERVING_BUNDLE_UNWRITABLE,
 *   LIMAML_ERR_SERVING_PARAM_MISSING, LIMAML_ERR_SERVING_ENTITY_NAME, LIMAML_ERR_SERVING_SEVERAL_ENTITIES
 *
 * @example
 * ```ts
 * const manifest = await exportBundle(await openRun('runs/ml-1m-t'), 'bundles/ml-1m');
 * console.log(manifest.fingerprint);
 * ```
 */
export async function exportBundle(
  source: BundleSource,
  folder: string,
  options: ExportOptions = {},
): Promise<BundleManifest> {
  const { entity } = source.schema;
  if (!ENTITY_NAME.test(entity)) throw entityNotExportable(entity);
  assertOneEntity(source);
  const candidates = encodeTable(source, options.candidates ?? []);
  const contents = createContents(source, candidates);
  const manifest = sealManifest(
    describe(source, candidates.ids.length, contents, options.createdBy),
  );
  await writeBundleFolder(folder, manifest, contents, options.overwrite ?? false);
  return manifest;
}

/** A bundle has no place for the embeddings of other entity types. */
function assertOneEntity({ model, schema }: BundleSource): void {
  const known = new Set(schema.features.map(({ name }) => name));
  const others = Object.keys(model.inputs.rows).filter((name) => !known.has(name));
  if (others.length > 0) throw severalEntities(model.name, others);
}

/** Only features that the model reads. */
function encodeTable(
  { model, encoders }: BundleSource,
  candidates: Iterable<Candidate>,
): CandidateTable {
  const loaded = loadEncoders(encoders);
  const features = candidateFeatures(loaded).filter(({ name }) => name in model.inputs.rows);
  return encodeCandidates(candidates, features, loaded);
}

function createContents(source: BundleSource, candidates: CandidateTable): BundleContents {
  const { model, algorithm, schema } = source;
  const names = bundleFileNames(schema.entity);
  const { ids, features } = writeCandidates(candidates);
  return new Map([
    [names.adapt, lower(adaptProgram(model, algorithm), 'adapt', source)],
    [names.prior, lower(priorProgram(model), 'prior', source)],
    [names.score, lower(scoreProgram(model), 'score', source)],
    [names.encoders, Buffer.from(JSON.stringify(source.encoders))],
    [names.candidateIds, ids],
    [names.candidateFeatures, features],
  ]);
}

function describe(
  { algorithm, plugin, model, schema, support }: BundleSource,
  candidates: number,
  contents: BundleContents,
  createdBy = `limaml ${LIMAML_VERSION}`,
): ManifestFields {
  return {
    limaml: LIMAML_VERSION,
    createdBy,
    model: plugin,
    algorithm: describeAlgorithm(algorithm, model),
    entity: schema.entity,
    embedding: { dim: model.embeddingDim, dtype: 'float32' },
    support,
    schema,
    candidates,
    files: listFiles(contents),
  };
}
