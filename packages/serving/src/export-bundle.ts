import {
  adaptProgram,
  describeAlgorithm,
  priorProgram,
  scoreProgram,
  type ParameterValues,
} from '@limaml/core';
import { loadEncoders } from '@limaml/data';
import { bindDims, freeze, optimize, type Program } from '@limaml/graph';
import { toOnnx } from '@limaml/onnx';
import { listFiles, writeBundleFolder, type BundleContents } from './bundle-folder.js';
import type { BundleSource } from './bundle-source.js';
import { candidateFeatures, encodeCandidates, writeCandidates } from './candidate-table.js';
import type { CandidateTable } from './candidate-table.js';
import type { Candidate } from './collect-candidates.js';
import { entityNotExportable, paramMissing } from './errors.js';
import {
  bundleFileNames,
  ENTITY_NAME,
  sealManifest,
  type BundleManifest,
  type ManifestFields,
} from './manifest.js';
import { LIMAML_VERSION } from './version.js';

/** Program inputs that are frozen into the models. */
const PARAMETER = /^(?:meta|global|rate|table)\//;

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
  const candidates = encodeTable(source, options.candidates ?? []);
  const contents = createContents(source, candidates);
  const manifest = sealManifest(
    describe(source, candidates.ids.length, contents, options.createdBy),
  );
  await writeBundleFolder(folder, manifest, contents, options.overwrite ?? false);
  return manifest;
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

/** A program with every parameter and table inside, as ONNX. */
function lower(program: Program, name: string, source: BundleSource): Uint8Array {
  const values = valuesFor(program, name, source);
  const frozen = freeze(bindDims(program, fixedDims(program, values)), values);
  const metadata = {
    'limaml.program': name,
    'limaml.model': source.plugin.name,
    'limaml.entity': source.schema.entity,
  };
  return toOnnx(optimize(frozen), { name, metadata });
}

/**
 * Tables are whole here, so the symbolic number of rows that a batch touches becomes the table's size.
 * A program that reads nothing of the entity gives every entity the same embedding: one row of it.
 */
function fixedDims(program: Program, values: ParameterValues): Record<string, number> {
  const perTask = Object.entries(program.inputs).some(
    ([name, { shape }]) => !(name in values) && shape[0] === 'T',
  );
  const tables = Object.entries(values).flatMap(([name, { shape }]) =>
    program.inputs[name]!.shape.map((dim, axis) => [dim, shape[axis]!] as const),
  );
  const symbols = tables.filter(([dim]) => typeof dim === 'string');
  return { ...Object.fromEntries(symbols), ...(perTask ? {} : { T: 1 }) };
}

function valuesFor(program: Program, name: string, { params }: BundleSource): ParameterValues {
  const inputs = Object.keys(program.inputs).filter((input) => PARAMETER.test(input));
  return Object.fromEntries(
    inputs.map((input) => {
      const value = params[input];
      if (value === undefined) throw paramMissing(input, name);
      return [input, value];
    }),
  );
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
