import type { FeatureRecord } from '@limaml/data';
import type { MetaEmbeddingStore } from '@limaml/plugin';
import type { CandidateIndex } from './candidate-index.js';
import { idIn } from './candidate-table.js';
import { embeddingFeature } from './embedding-feature.js';
import { readVectors, UNKNOWN, type WantedEntity } from './entity-vectors.js';
import type { Bundle } from './open-bundle.js';
import type { ScoreRequest } from './score-request.js';
import type { CandidateInput } from './support-event.js';

/** A candidate, and the other entities of its request. */
export interface OtherRow {
  readonly candidate: CandidateInput;
  readonly others?: ScoreRequest['others'];
}

/** The embeddings of one entity type that rows read, all of one store version. */
export interface OtherEmbeddings {
  readonly type: string;
  /** Row feature that they are. */
  readonly feature: string;
  readonly dim: number;
  /** `[entries, D]`. */
  readonly vectors: Float32Array;
  /** Entry of each row; −1 for a row that is padding. */
  readonly entryOf: Int32Array;
  /** Undefined where this bundle generated none. */
  readonly version: number | undefined;
  /** Per entry, whether a prior stands in. */
  readonly prior: readonly boolean[];
}

/** Finds the embeddings of other entity types for rows. */
export type OtherReader = (
  rows: readonly (OtherRow | undefined)[],
) => Promise<readonly OtherEmbeddings[]>;

/**
 * Makes what reads, for the rows of a joint model, the embedding of each other entity type: that of the candidate
 * itself, of an entity that the request names, or of one that belongs to the candidate. One that the store lacks
 * is its prior, on the features that the request gives; a row without such an entity reads the prior on default
 * features. Of a model of one type there is nothing to read.
 */
export function createOtherReader(
  bundle: Bundle,
  store: MetaEmbeddingStore,
  index: CandidateIndex,
): OtherReader {
  const types = Object.entries(bundle.others).map(([type, seen]) => {
    return { type, seen, entityOf: entityFinder(bundle, index, type) };
  });
  return (rows) =>
    Promise.all(
      types.map(async ({ type, seen, entityOf }) => {
        const { wanted, entryOf } = distinct(rows, entityOf);
        const { vectors, version, prior } = await readVectors(seen, store, wanted, 'lenient');
        const { dim } = seen.manifest.embedding;
        return { type, feature: embeddingFeature(type), dim, vectors, entryOf, version, prior };
      }),
    );
}

/** Each entity once; one that comes with features of its own stands for itself. */
function distinct(
  rows: readonly (OtherRow | undefined)[],
  entityOf: (row: OtherRow) => WantedEntity,
): { readonly wanted: readonly WantedEntity[]; readonly entryOf: Int32Array } {
  const wanted: WantedEntity[] = [];
  const entries = new Map<string, number>();
  const entryOf = Int32Array.from(rows, (row) => {
    if (row === undefined) return -1;
    const one = entityOf(row);
    const known = one.profile === undefined ? entries.get(one.entity) : undefined;
    if (known !== undefined) return known;
    if (one.profile === undefined) entries.set(one.entity, wanted.length);
    return wanted.push(one) - 1;
  });
  return { wanted, entryOf };
}

function entityFinder(
  { encoders, candidates }: Bundle,
  index: CandidateIndex,
  type: string,
): (row: OtherRow) => WantedEntity {
  if (type === encoders.toJSON().candidate) {
    return ({ candidate }) => entityIn(candidate, type, (record) => record);
  }
  const column = candidates.entities[type];
  const ofCandidate = (candidate: CandidateInput): WantedEntity => {
    if (typeof candidate !== 'string')
      return entityIn(candidate, type, (record) => columnsOf(record, `${type}.`));
    const position = index.positionOf(candidate);
    return { entity: (position === undefined ? undefined : column?.[position]) ?? UNKNOWN };
  };
  return ({ candidate, others }) => {
    const named = others?.[type];
    return named === undefined ? ofCandidate(candidate) : entityIn(named, type, (record) => record);
  };
}

function entityIn(
  input: string | FeatureRecord,
  type: string,
  profileOf: (record: FeatureRecord) => FeatureRecord,
): WantedEntity {
  if (typeof input === 'string') return { entity: input };
  return { entity: idIn(input, type) ?? UNKNOWN, profile: profileOf(input) };
}

/** The columns of another entity of a row, without what stands before their names. */
function columnsOf(record: FeatureRecord, prefix: string): FeatureRecord {
  const columns = Object.entries(record).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(columns.map(([name, value]) => [name.slice(prefix.length), value]));
}

/** Copies embeddings to rows `[rows, D]`; `first` is the place of the first row among those they were read for. */
export function copyEmbeddings(
  { vectors, entryOf, dim }: OtherEmbeddings,
  first: number,
  count: number,
  into: Float32Array,
  row: number,
): void {
  for (let at = 0; at < count; at++) {
    const entry = entryOf[first + at]!;
    if (entry < 0) continue;
    for (let step = 0; step < dim; step++)
      into[(row + at) * dim + step] = vectors[entry * dim + step]!;
  }
}
