import type { FeatureRecord } from '@limaml/data';
import type { CandidateInput } from './support-event.js';

/** Candidates to score for one entity. */
export interface ScoreRequest {
  /** Id of the entity. */
  readonly entity: string;
  /** Features of an entity that has no stored embedding. Default: those of an unknown entity. */
  readonly profile?: FeatureRecord | undefined;
  /** Embedding `[D]` to score with. Default: the stored one. */
  readonly embedding?: Float32Array | undefined;
  readonly candidates: readonly CandidateInput[];
  /** Features of the request, the same for all candidates. */
  readonly context?: FeatureRecord | undefined;
  /**
   * Other entities of the request by type, the same for all candidates: an id, or raw features with the
   * id under the name of the type. They stand in the place of the candidate's own (a job's company), as features
   * and, of a joint model, with their embeddings.
   */
  readonly others?: Readonly<Record<string, string | FeatureRecord>> | undefined;
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
  /** Of a joint model: the embeddings of other entity types that the candidates were scored with, by type. */
  readonly others: Readonly<Record<string, OtherOrigin>>;
}

/** Where the embeddings of another entity type came from. */
export interface OtherOrigin {
  /** Store version of the embeddings; undefined where this bundle generated none. */
  readonly version: number | undefined;
  /** Candidates that were scored with a prior embedding of this type. */
  readonly priors: number;
}
