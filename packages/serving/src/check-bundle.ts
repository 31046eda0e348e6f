import { loadEncoders, type Encoders } from '@limaml/data';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { BundleContents } from './bundle-folder.js';
import { candidateFeatures, readCandidates, type CandidateTable } from './candidate-table.js';
import { encodersUnreadable, schemaMismatch } from './errors.js';
import {
  bundleFileNames,
  CANDIDATE_ENTITIES,
  otherFileNames,
  type BundleManifest,
} from './manifest.js';
import { checkModel, type ModelFrame, type ModelKind } from './model-ports.js';
import { viewEncoders } from './view-encoders.js';

/** What is in a bundle beside its models. */
export interface BundleParts {
  readonly encoders: Encoders;
  readonly candidates: CandidateTable;
  /** Encoders of the other entity types of a joint model, by type. */
  readonly others: Readonly<Record<string, Encoders>>;
}

/** Where a bundle is and what is in it. */
interface ReadBundle {
  readonly folder: string;
  readonly manifest: BundleManifest;
  readonly contents: BundleContents;
}

/**
 * Checks what is in the files of a bundle, and reads what is no model.
 * @throws what `openBundle` throws when a file is not what the manifest says
 */
export function checkBundle(
  folder: string,
  manifest: BundleManifest,
  contents: BundleContents,
): BundleParts {
  const read = { folder, manifest, contents };
  const encoders = readEncoders(read, bundleFileNames(manifest.entity).encoders);
  assertSchema(read, encoders, manifest.schema);
  const others = Object.entries(manifest.others ?? {}).map(([type, { schema }]) => {
    const own = viewEncoders(readEncoders(read, otherFileNames(type).encoders), encoders);
    assertSchema(read, own, schema);
    return [type, own] as const;
  });
  const candidates = readTable(read, encoders);
  checkModels(read);
  return { encoders, candidates, others: Object.fromEntries(others) };
}

function readEncoders({ folder, contents }: ReadBundle, name: string): Encoders {
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(contents.get(name)!).toString('utf8'));
  } catch (error) {
    throw encodersUnreadable(join(folder, name), error);
  }
  return loadEncoders(json);
}

function assertSchema(
  { folder }: ReadBundle,
  encoders: Encoders,
  stated: BundleManifest['schema'],
): void {
  const schema: unknown = JSON.parse(JSON.stringify(encoders.schema));
  if (!isDeepStrictEqual(schema, stated)) throw schemaMismatch(folder);
}

function readTable({ folder, manifest, contents }: ReadBundle, encoders: Encoders): CandidateTable {
  const { candidateIds, candidateFeatures: features } = bundleFileNames(manifest.entity);
  const { candidate } = encoders.toJSON();
  const types = Object.keys(manifest.others ?? {}).filter((type) => type !== candidate);
  return readCandidates(
    {
      ids: contents.get(candidateIds)!,
      features: contents.get(features)!,
      entities: contents.get(CANDIDATE_ENTITIES),
    },
    { features: candidateFeatures(encoders), types },
    {
      ids: join(folder, candidateIds),
      features: join(folder, features),
      entities: join(folder, CANDIDATE_ENTITIES),
    },
  );
}

const MODEL_KINDS = ['adapt', 'prior', 'score'] as const;

function checkModels(read: ReadBundle): void {
  const { entity, schema, embedding, others = {} } = read.manifest;
  const dims = Object.entries(others).map(([type, { dim }]) => [type, dim] as const);
  const all = Object.fromEntries([[entity, embedding.dim] as const, ...dims]);
  const names = bundleFileNames(entity);
  for (const kind of MODEL_KINDS) check(read, kind, names[kind], frameOf(entity, schema, all));
  for (const [type, other] of Object.entries(others)) {
    const frame = frameOf(type, other.schema, all);
    for (const kind of ['adapt', 'prior'] as const)
      check(read, kind, otherFileNames(type)[kind], frame);
  }
}

/** @param dims numbers of the embeddings of all types */
function frameOf(
  type: string,
  schema: ModelFrame['schema'],
  dims: Readonly<Record<string, number>>,
): ModelFrame {
  const { [type]: dim, ...others } = dims;
  return { schema, dim: dim!, others };
}

function check(
  { folder, contents }: ReadBundle,
  kind: ModelKind,
  name: string,
  frame: ModelFrame,
): void {
  checkModel(kind, contents.get(name)!, join(folder, name), frame);
}
