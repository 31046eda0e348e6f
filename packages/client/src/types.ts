/** A raw value of a feature. */
export type FeatureValue = string | number | boolean | null | (string | number)[];

/** Raw features by column name. */
export type FeatureRecord = Record<string, FeatureValue>;

/** Id of a candidate of the bundle, or raw features with the id among them. */
export type Candidate = string | FeatureRecord;

/** Candidates to score for one entity. */
export interface ScoreRequest {
  entity: string;
  candidates: Candidate[];
  /** Features of an entity without stored embedding. */
  profile?: FeatureRecord;
  /** Features of the request. */
  context?: FeatureRecord;
  /**
   * Other entities of the request by type: an id, or raw features. They stand in the place of those of the candidates.
   */
  others?: Record<string, Candidate>;
}

/** What was scored with what. */
interface Origin {
  /** Store version of the embedding; null before the first generation. */
  version: number | null;
  /** Whether the entity had no embedding, so that its prior was used. */
  prior: boolean;
  bundle: string;
  variant: string;
}

/** Where the embeddings of another entity type came from. */
export interface OtherOrigin {
  /** Store version of the embeddings; null before the first generation. */
  version: number | null;
  /** Candidates that a prior was used for. */
  priors: number;
}

/** Scores of one request, in the order of its candidates, 0 to 1. */
export interface Scores extends Origin {
  scores: number[];
  /** Where the bundle has embeddings of further entity types: those used, by type. */
  others?: Record<string, OtherOrigin>;
}

/** Candidates of which the best `k` are wanted. */
export interface RankRequest extends ScoreRequest {
  k: number;
}

/** The best candidates, the best first. */
export interface Ranked extends Origin {
  ranking: {
    /** Place of the candidate in the request. */
    index: number;
    /** Its id, where the request named one. */
    candidate?: string;
    score: number;
  }[];
  /** As in {@link Scores}. */
  others?: Record<string, OtherOrigin>;
}

/** A past interaction of an entity. */
export interface SupportEvent {
  candidate: Candidate;
  /** 1 for a click, 0 for none, or the rating. */
  label: number;
  context?: FeatureRecord;
  /** What came of it beyond the label. */
  outcome?: FeatureRecord;
}

/** Events to adapt to, without storing anything. */
export interface AdaptRequest extends Omit<ScoreRequest, 'candidates'> {
  candidates?: Candidate[];
  /** Oldest first. */
  events: SupportEvent[];
}

/** The adapted embedding, and scores with it. */
export interface Adapted extends Omit<Origin, 'version'> {
  embedding: number[];
  scores: number[];
}

/** Something that happened to an entity. */
export interface EntityEvent extends SupportEvent {
  /** Unique for the entity: an event that is sent again counts once. */
  id: string;
  entity: string;
  /** Milliseconds since 1970. Default: now. */
  time?: number;
  /** Features of the entity from now on. */
  profile?: FeatureRecord;
}

/** How many events were new, and how many had come before. */
export interface EventsAccepted {
  accepted: number;
  repeated: number;
}

/** What is known of an entity. */
export interface EntityStatus extends Omit<Origin, 'prior'> {
  stored: boolean;
  dim: number;
  generatedAt: string | null;
  events: number;
  newestEvent: number | null;
  /** Whether events wait to be adapted to. */
  pending: boolean;
}

/** A bundle that a server may serve. */
export interface BundleStatus {
  name: string;
  fingerprint: string;
  entity: string;
  model: string;
  createdAt: string;
  candidates: number;
  /** Share of the entities it serves, 0 to 1. */
  share: number;
  shadow: boolean;
}
