import type { MetaEmbeddingStore } from '@limaml/plugin';
import { adaptEntity, createAdapting, type Adapting, type AdaptRequest } from './adapt-entity.js';
import { servedVersion } from './entity-vectors.js';
import { scoresNotFinite, tooManyCandidates } from './errors.js';
import { createMicroBatcher, type MicroBatcher } from './micro-batcher.js';
import type { Bundle } from './open-bundle.js';
import { createBatchScorer, type BatchReport } from './score-batch.js';
import type { ScoreRequest, Scores } from './score-request.js';

/** Options of {@link createScorer}. */
export interface ScorerOptions {
  readonly bundle: Bundle;
  readonly store: MetaEmbeddingStore;
  /** Candidates of one request, at most. Default 1000. */
  readonly maxCandidates?: number;
  /** Candidates that are computed at once, at most, of one request or of several. Default 2048. */
  readonly maxRows?: number;
  /** How long a request waits for a batch that is running, at most, in milliseconds. Default 1. */
  readonly maxDelayMs?: number;
  /** Told of every batch. */
  readonly onBatch?: (report: BatchReport) => void;
}

/** Scores candidates from stored meta embeddings. */
export interface Scorer {
  /**
   * `score = g_global([ e ; x ])`, e from the store.
   *
   * An entity without stored embedding gets its prior embedding, never an error or a zero vector. A
   * candidate id that the bundle does not know is scored as an unseen candidate. Requests that come at about
   * the same time are computed together.
   *
   * @throws LIMAML_ERR_SERVING_CANDIDATE_LIMIT, LIMAML_ERR_SERVING_STORE_MISMATCH,
   *   LIMAML_ERR_SERVING_SCORES_NOT_FINITE, LIMAML_ERR_SERVING_OTHER_UNKNOWN
   */
  score(request: ScoreRequest): Promise<Scores>;
  /** Scores several entities, their embeddings all of one store version. Throws as {@link score} does. */
  scoreAll(requests: readonly ScoreRequest[]): Promise<readonly Scores[]>;
  /**
   * Adapts an entity to interactions without storing anything.
   *
   * @returns the meta embedding `[D]`, to score with as `embedding` of a request
   * @throws LIMAML_ERR_SERVING_EVENT_LABEL, LIMAML_ERR_SERVING_EMBEDDING_NOT_FINITE
   */
  adapt(request: AdaptRequest): Promise<Float32Array>;
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
  await servedVersion(options.bundle, options.store);
  return new StoreScorer(options);
}

class StoreScorer implements Scorer {
  readonly #bundle: Bundle;
  readonly #store: MetaEmbeddingStore;
  readonly #maxCandidates: number;
  readonly #adapting: Adapting;
  readonly #batcher: MicroBatcher<readonly ScoreRequest[], readonly Scores[]>;

  constructor(options: ScorerOptions) {
    const { bundle, store, maxCandidates = 1000, maxRows = 2048, maxDelayMs = 1 } = options;
    this.#bundle = bundle;
    this.#store = store;
    this.#maxCandidates = maxCandidates;
    this.#adapting = createAdapting(bundle, store);
    const scoreBatch = createBatchScorer({ bundle, store, maxRows, onBatch: options.onBatch });
    this.#batcher = createMicroBatcher({
      run: async (calls) => regroup(await scoreBatch(calls.flat()), calls),
      sizeOf: candidatesOf,
      concurrency: Math.max(1, bundle.workers ?? 0),
      maxSize: maxRows,
      maxDelayMs,
    });
  }

  async score(request: ScoreRequest): Promise<Scores> {
    const [scores] = await this.scoreAll([request]);
    return scores!;
  }

  async scoreAll(requests: readonly ScoreRequest[]): Promise<readonly Scores[]> {
    for (const { candidates } of requests) this.#checkCount(candidates.length);
    const scores = await this.#batcher(requests);
    scores.forEach(({ logits }, at) => {
      if (!logits.every(Number.isFinite)) throw scoresNotFinite(requests[at]!.entity);
    });
    return scores;
  }

  adapt(request: AdaptRequest): Promise<Float32Array> {
    return adaptEntity(this.#adapting, request);
  }

  async refresh(request: AdaptRequest): Promise<Float32Array> {
    const embedding = await this.adapt(request);
    await servedVersion(this.#bundle, this.#store);
    const { entity, fingerprint } = this.#bundle.manifest;
    await this.#store.refresh(entity, fingerprint, request.entity, embedding);
    return embedding;
  }

  #checkCount(count: number): void {
    if (count < 1 || count > this.#maxCandidates)
      throw tooManyCandidates(count, this.#maxCandidates);
  }
}

function candidatesOf(requests: readonly ScoreRequest[]): number {
  return requests.reduce((sum, { candidates }) => sum + candidates.length, 0);
}

/** Gives every call the scores of its requests. */
function regroup(
  scores: readonly Scores[],
  calls: readonly (readonly ScoreRequest[])[],
): (readonly Scores[])[] {
  let start = 0;
  return calls.map(({ length }) => scores.slice(start, (start += length)));
}
