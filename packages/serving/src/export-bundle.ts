import { adaptProgram, priorProgram, scoreProgram } from '@limaml/core';
import { loadEncoders } from '@limaml/data';
import { bindDims, freeze, optimize, type Program, type TensorData } from '@limaml/graph';
import { toOnnx } from '@limaml/onnx';
import { listFiles, writeBundleFolder, type BundleContents } from './bundle-folder.js';
import type { BundleSource } from './bundle-source.js';
import { encodeCandidates, writeCandidates } from './candidate-table.js';
import { entityNotExportable, paramMissing } from './errors.js';
import {
  BUNDLE_FORMAT,
  bundleFileNames,
  ENTITY_NAME,
  fingerprintOf,
  type BundleManifest,
} from './manifest.js';
import { LIMAML_VERSION } from './version.js';

/** Options of {@link exportBundle}. */
export interface ExportOptions {
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
 *   LIMAML_ERR_SERVING_PARAM_MISSING, LIMAML_ERR_SERVING_ENTITY_NAME
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
  const contents = createContents(source);
  const manifest = createManifest(
    source,
    contents,
    options.createdBy ?? `limaml ${LIMAML_VERSION}`,
  );
  await writeBundleFolder(folder, manifest, contents, options.overwrite ?? false);
  return manifest;
}

function createContents(source: BundleSource): BundleContents {
  const { model, algorithm, schema } = source;
  const names = bundleFileNames(schema.entity);
  const candidates = writeCandidates(
    encodeCandidates(source.candidates, schema, loadEncoders(source.encoders)),
  );
  return new Map([
    [names.adapt, lower(adaptProgram(model, algorithm), 'adapt', source)],
    [names.prior, lower(priorProgram(model), 'prior', source)],
    [names.score, lower(scoreProgram(model), 'score', source)],
    [names.encoders, Buffer.from(JSON.stringify(source.encoders))],
    [names.candidateIds, candidates.ids],
    [names.candidateFeatures, candidates.features],
  ]);
}

/** A program with every parameter and table inside, as ONNX. */
function lower(program: Program, name: string, source: BundleSource): Uint8Array {
  const bound = bindDims(program, tableRows(source));
  const frozen = freeze(bound, valuesFor(bound, name, source));
  const metadata = {
    'limaml.program': name,
    'limaml.model': source.plugin.name,
    'limaml.entity': source.schema.entity,
  };
  return toOnnx(optimize(frozen), { name, metadata });
}

/** Tables are whole here, so the symbolic number of rows a batch touches becomes the table's size. */
function tableRows({ model }: BundleSource): Record<string, number> {
  return Object.fromEntries(
    Object.values(model.tables).map((table) => [`U.${table.vocabulary}`, table.rows]),
  );
}

function valuesFor(
  program: Program,
  name: string,
  source: BundleSource,
): Record<string, TensorData> {
  const values: Record<string, TensorData> = {};
  for (const input of Object.keys(program.inputs)) {
    if (!/^(?:meta|global|rate|table)\//.test(input)) continue;
    const value = source.params[input];
    if (value === undefined) throw paramMissing(input, name);
    values[input] = value;
  }
  return values;
}

function createManifest(
  source: BundleSource,
  contents: BundleContents,
  createdBy: string,
): BundleManifest {
  const { innerSteps, innerLearningRate, order, loss, supportShrinkage } = source.algorithm;
  const described = {
    format: BUNDLE_FORMAT,
    limaml: LIMAML_VERSION,
    createdBy,
    createdAt: new Date().toISOString(),
    model: { name: source.plugin.name, options: toJson(source.plugin.options) },
    algorithm: { innerSteps, innerLearningRate, order, loss, supportShrinkage },
    entity: source.schema.entity,
    embedding: { dim: source.model.embeddingDim, dtype: 'float32' as const },
    support: toJson(source.support),
    schema: toJson(source.schema),
    candidates: source.candidates.ids.length,
    files: listFiles(contents),
  } as const satisfies Omit<BundleManifest, 'fingerprint'>;
  return { ...described, fingerprint: fingerprintOf(described) };
}
