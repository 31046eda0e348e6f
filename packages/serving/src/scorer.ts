import type { FeatureRecord } from '@limaml/data';
import type { TensorData, TensorMap } from '@limaml/graph';
import type { EmbeddingVersion, MetaEmbeddingStore } from '@limaml/plugin';
import { adaptEntity, type AdaptRequest } from './adapt-entity.js';
import { scoresNotFinite, storeOfAnotherBundle, tooManyCandidates } from './errors.js';
import type { Bundle } from './open-bundle.js';
import { priorEmbeddings } from './prior-embeddings.js';
import { createRowEncoder, type RowEncoder, type RowInput } from './row-feeds.js';
import type { CandidateInput } from './support-event.js';

/** Options of {@link createScorer}. */
export interface ScorerOptions {
  readonly bundle: Bundle;
  readonly store: MetaEmbeddingStore;
  /** Candidates of one request, at most. Default 1000. */
  readonly maxCandidates?: number;
}

/** Candidates to score for one entity. */
export interface ScoreRequest {
  /** Id of the entity. */
  readonly entity: string;
  /** Features of an entity that has no stored embedding. Default: those of an unknown entity. */
  readonly profile?: FeatureRecord;
  readonly candidates: readonly CandidateInput[];
  /** Features of the request, the same for all candidates. */
  readonly context?: FeatureRecord;
}

/** Scores, in the order of the candidates. */
export interface Scores {
  /** sigmoid of the logits. */
  readonly probabilities: Float32Array;
  readonly logits: Float32Array;
  /** Store version of the embedding; undefined before the first generation. */
  readonly version: number | undefined;
  /** Whether the entity had no stored embedding, so that its prior embedding was used. */
  readonly prior: boolean;
}

/** Scores candidates from stored meta embeddings. */
export interface Scorer {
  /**
   * `score = g_global([ e ; x ])`, e from the store.
   *
   * An entity without stored embedding gets its prior embedding, never an error or a zero vector. A
   * candidate id that the bundle does not know is scored as an unseen candidate.
   *
   * @throws LIMAML_ERR_SERVING_CANDIDATE_LIMIT, LIMAML_ERR_SERVING_STORE_MISMATCH,
   *   LIMAML_ERR_SERVING_SCORES_NOT_FINITE
   */
  score(request: ScoreRequest): Promise<Scores>;
  /**
   * Adapts an entity to its recent interactions and stores the new embedding, so that the next request
   * sees it.
   *
   * @returns the new meta embedding `[D]`
   * @throws LIMAML_ERR_SERVING_EVENT_LABEL, LIMAML_ERR_SERVING_EMBEDDING_NOT_FINITE,
   *   LIMAML_ERR_SERVING_STORE_MISMATCH
   */
  refresh(request: AdaptRequest): Promise<Float32Array>;
}

/**
 * Makes a scorer of a bundle and a store.
 *
 * @throws LIMAML_ERR_SERVING_STORE_MISMATCH when another bundle made the stored embeddings
 *
 * @example
 * ```ts
 * const scorer = await createScorer({ bundle, store });
 * const { probabilities } = await scorer.score({ entity: 'member-7', candidates: ['job-1', 'job-2'] });
 * ```
 */
export async function createScorer(options: ScorerOptions): Promise<Scorer> {
  const scorer = new StoreScorer(options);
  await scorer.checkStore();
  return scorer;
}

/** Where an entity's embedding comes from. */
interface Found {
  readonly embedding: Float32Array;
  readonly version: number | undefined;
  readonly prior: boolean;
}

/** Row features of a request, `[1, count, …]` by input name. */
interface RowBuffers {
  readonly count: number;
  readonly rows: TensorMap;
}

class StoreScorer implements Scorer {
  readonly #bundle: Bundle;
  readonly #store: MetaEmbeddingStore;
  readonly #maxCandidates: number;
  readonly #rows: RowEncoder;
  #spare: RowBuffers | undefined;

  constructor({ bundle, store, maxCandidates = 1000 }: ScorerOptions) {
    this.#bundle = bundle;
    this.#store = store;
    this.#maxCandidates = maxCandidates;
    this.#rows = createRowEncoder(bundle);
  }

  async score(request: ScoreRequest): Promise<Scores> {
    const count = request.candidates.length;
    if (count < 1 || count > this.#maxCandidates)
      throw tooManyCandidates(count, this.#maxCandidates);
    const { embedding, version, prior } = await this.#find(request);
    const outputs = await this.#run(rowsOf(request), embedding);
    const logits = outputs.logits!.data as Float32Array;
    if (!logits.every(Number.isFinite)) throw scoresNotFinite(request.entity);
    return { logits, probabilities: outputs.probability!.data as Float32Array, version, prior };
  }

  async refresh(request: AdaptRequest): Promise<Float32Array> {
    const embedding = await adaptEntity(this.#bundle, this.#rows, request);
    await this.checkStore();
    const { entity, fingerprint } = this.#bundle.manifest;
    await this.#store.refresh(entity, fingerprint, request.entity, embedding);
    return embedding;
  }

  /** The version that is served, which must be this bundle's. */
  async checkStore(): Promise<EmbeddingVersion | undefined> {
    const { entity, fingerprint } = this.#bundle.manifest;
    const current = await this.#store.current(entity);
    if (current !== undefined && current.bundle !== fingerprint) {
      throw storeOfAnotherBundle(entity, current.bundle, fingerprint);
    }
    return current;
  }

  async #run(rows: readonly RowInput[], embedding: Float32Array): Promise<TensorMap> {
    const buffers = this.#takeBuffers(rows.length);
    this.#rows.fill(buffers.rows, rows);
    const feeds = { ...buffers.rows, ...embeddingFeed(this.#bundle, embedding) };
    const outputs = await this.#bundle.score.run(feeds);
    this.#spare = buffers;
    return outputs;
  }

  /** Those of the request before, when they fit and no other request uses them meanwhile. */
  #takeBuffers(count: number): RowBuffers {
    const spare = this.#spare;
    this.#spare = undefined;
    if (spare?.count === count) return spare;
    return { count, rows: this.#rows.allocate(this.#bundle.score.inputs, count) };
  }

  async #find(request: ScoreRequest): Promise<Found> {
    const { entity, embedding } = this.#bundle.manifest;
    const before = await this.checkStore();
    if (before === undefined) return this.#prior(request, undefined);
    const into = new Float32Array(embedding.dim);
    const [found] = await this.#store.get(entity, [request.entity], into);
    const after = await this.checkStore();
    // A version was published in between: which of the two the vector belongs to is not known.
    if (after?.version !== before.version) return this.#find(request);
    return found
      ? { embedding: into, version: before.version, prior: false }
      : this.#prior(request, before.version);
  }

  async #prior({ entity, profile }: ScoreRequest, version: number | undefined): Promise<Found> {
    const features = this.#bundle.encoders.encodeEntity({ ...profile, id: entity });
    return { embedding: await priorEmbeddings(this.#bundle, [features]), version, prior: true };
  }
}

function rowsOf({ candidates, context }: ScoreRequest): RowInput[] {
  return candidates.map((candidate) => ({ candidate, context }));
}

function embeddingFeed(
  { score, manifest }: Bundle,
  embedding: Float32Array,
): Record<string, TensorData> {
  if (!('embedding' in score.inputs)) return {};
  return { embedding: { dtype: 'float32', shape: [1, manifest.embedding.dim], data: embedding } };
}
