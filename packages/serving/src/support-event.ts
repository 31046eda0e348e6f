import type { FeatureRecord } from '@limaml/data';

/** A candidate: its id, or its raw features (its id among them, under the name of its entity type). */
export type CandidateInput = string | FeatureRecord;

/** A past interaction of an entity: one row of its support set. */
export interface SupportEvent {
  readonly candidate: CandidateInput;
  /** 1 for a click, 0 for none (or the rating, where the model was trained on ratings). */
  readonly label: number;
  /** Features of the request it was shown in. */
  readonly context?: FeatureRecord;
  /** What came of it beyond the label (rating, dwell time). */
  readonly outcome?: FeatureRecord;
}
