import {
  adaptProgram,
  describeAlgorithm,
  encodeTensors,
  priorProgram,
  scoreProgram,
  type ParameterValues,
} from '@limaml/core';
import { fingerprintOf, loadEncoders } from '@limaml/data';
import { quantiseOnnx } from '@limaml/onnx';
import type { EmbeddingDtype } from '@limaml/plugin';
import { createHash } from 'node:crypto';
import { listFiles, writeBundleFolder, type BundleContents } from './bundle-folder.js';
import type { BundleSource } from './bundle-source.js';
import { candidateFeatures, encodeCandidates, writeCandidates } from './candidate-table.js';
import type { CandidateTable } from './candidate-table.js';
import type { Candidate } from './collect-candidates.js';
import { entityNotExportable, lossNotMeasurable } from './errors.js';
import { describeOthers, otherContents, otherTypesOf } from './export-others.js';
import { lower } from './lower.js';
import {
  bundleFileNames,
  CANDIDATE_ENTITIES,
  ENTITY_NAME,
  sealManifest,
  type BundleManifest,
  type ManifestFields,
} from './manifest.js';
import { measureLoss, type QuantisationCheck } from './quantisation-loss.js';
import { LIMAML_VERSION } from './version.js';

/** Options of {@link exportBundle}. */
export interface ExportOptions {
  /** Candidates that can be scored by id (`collectCandidates(log, 'member')`). Default: none. */
  readonly candidates?: Iterable<Candidate>;
  /** Replace an earlier bundle in the same place. Default: false. */
  readonly overwrite?: boolean;
  /** How generation keeps the embeddings in a store. Default: `'float32'`. */
  readonly embeddingDtype?: EmbeddingDtype;
  /**
   * Quantise the products of `score.onnx` to 8 bits; a log and a runtime to measure what that costs in quality,
   * for the manifest, or `true` not to. Scores then depend a little on what else is scored at once. Default: no.
   */
  readonly quantiseScore?: true | QuantisationCheck;
  /** Who exports, for the manifest. Default: `limaml <version>`. */
  readonly createdBy?: string;
}

/**
 * Exports a trained run as a bundle: a folder that holds everything needed to generate meta embeddings
 * and to score, and nothing else. The parameters and embedding tables are frozen into the models; the
 * numbers of entities (T), support rows (S) and candidates (N) stay dynamic. Of a joint model (`source.joint`)
 * every entity type has `adapt` and `prior`, and rows read the embeddings of the others as features,
 * `row.embedding.<type>`.
 *
 * The folder appears complete or not at all.
 *
 * @param source a trained model, e.g. from `openRun` of `@limaml/experiment`
 * @param folder where the bundle goes; must not exist unless `overwrite`
 * @returns the manifest, as written to `manifest.json`
 * @throws LIMAML_ERR_SERVING_BUNDLE_EXISTS, LIMAML_ERR_SERVING_BUNDLE_UNWRITABLE,
 *   LIMAML_ERR_SERVING_PARAM_MISSING, LIMAML_ERR_SERVING_ENTITY_NAME, LIMAML_ERR_SERVING_SEVERAL_ENTITIES,
 *   LIMAML_ERR_SERVING_OTHER_NOT_IN_ROWS, LIMAML_ERR_SERVING_LOSS_NOT_MEASURABLE
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
  const others = otherTypesOf(source);
  for (const type of [entity, ...others])
    if (!ENTITY_NAME.test(type)) throw entityNotExportable(type);
  if (others.length > 0 && typeof options.quantiseScore === 'object')
    throw lossNotMeasurable(source.model.name);
  const candidates = encodeTable(source, options.candidates ?? []);
  const float32 = createContents(source, candidates);
  const { contents, quantisation } = await quantise(source, float32, options.quantiseScore);
  const manifest = sealManifest({
    ...describe(source, candidates.ids.length, contents, options),
    ...(quantisation && { quantisation }),
  });
  await writeBundleFolder(folder, manifest, contents, options.overwrite ?? false);
  return manifest;
}

/** Only features that the models read, the same for all entity types. */
function encodeTable(source: BundleSource, candidates: Iterable<Candidate>): CandidateTable {
  const loaded = loadEncoders(source.encoders);
  const { rows } = source.model.inputs;
  const features = candidateFeatures(loaded).filter(({ name }) => name in rows);
  const { candidate } = loaded.toJSON();
  const types = otherTypesOf(source).filter((type) => type !== candidate);
  return encodeCandidates(candidates, features, loaded, types);
}

function createContents(source: BundleSource, candidates: CandidateTable): BundleContents {
  const { model, algorithm, schema } = source;
  const names = bundleFileNames(schema.entity);
  const { ids, features, entities } = writeCandidates(candidates);
  const others = otherContents(source);
  if (others.size > 0) others.set(CANDIDATE_ENTITIES, entities);
  return new Map([
    ...others,
    [names.adapt, lower(adaptProgram(model, algorithm), 'adapt', source)],
    [names.prior, lower(priorProgram(model), 'prior', source)],
    [names.score, lower(scoreProgram(model), 'score', source)],
    [names.encoders, Buffer.from(JSON.stringify(source.encoders))],
    [names.candidateIds, ids],
    [names.candidateFeatures, features],
  ]);
}

/** The same bundle with a score model of 8 bits, where that is wanted. */
async function quantise(
  source: BundleSource,
  contents: BundleContents,
  check: ExportOptions['quantiseScore'],
) {
  if (check === undefined) return { contents };
  const names = bundleFileNames(source.schema.entity);
  const [adapt, float32] = [contents.get(names.adapt)!, contents.get(names.score)!];
  const { bytes: int8, products } = quantiseOnnx(float32);
  const models = { adapt, float32, int8 };
  const loss = check === true ? undefined : await measureLoss(source, models, check);
  return {
    contents: new Map([...contents, [names.score, int8]]),
    quantisation: { score: 'int8', products, ...(loss && { loss }) },
  };
}

function describe(
  source: BundleSource,
  candidates: number,
  contents: BundleContents,
  { createdBy = `limaml ${LIMAML_VERSION}`, embeddingDtype = 'float32' }: ExportOptions,
): ManifestFields {
  const { algorithm, plugin, params, data, model, schema, encoders, support } = source;
  return {
    limaml: LIMAML_VERSION,
    createdBy,
    model: { ...plugin, fingerprint: fingerprintModel(plugin, params) },
    ...(data && { data }),
    algorithm: describeAlgorithm(algorithm, model),
    entity: schema.entity,
    entityTypes: entityTypesOf(encoders),
    embedding: { dim: model.embeddingDim, dtype: embeddingDtype },
    support,
    schema,
    ...describeOthers(source),
    candidates,
    files: listFiles(contents),
  };
}

function fingerprintModel(plugin: BundleSource['plugin'], params: ParameterValues): string {
  const values = createHash('sha256').update(encodeTensors(params)).digest('hex');
  return fingerprintOf({ ...plugin, values });
}

/** The adapted type first, then the candidate's, then the others of a row. */
function entityTypesOf(encoders: unknown): readonly string[] {
  const { entity, candidate, references } = loadEncoders(encoders).toJSON();
  return [...new Set([entity, candidate, ...references.map(({ type }) => type)])];
}
