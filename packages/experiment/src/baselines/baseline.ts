import type { Episode } from '@limaml/data';
import type { LabelKind } from './label-kind.js';

/**
 * What a baseline may see of a log: which task met which candidate, in time order, with which label.
 * Positions are those of `TaskIndex.rows` and of episodes.
 */
export interface ObservedRows {
  /** Candidates, one more than there are: the last one stands for "none" in rows without a candidate. */
  readonly candidates: number;
  /** Candidate of each row, tasks one after the other, each task's rows in time order. */
  readonly candidate: Int32Array;
  /** 0 or 1, or a number such as a rating; same order. */
  readonly label: Float32Array;
  /** Task t owns rows offsets[t] … offsets[t + 1]. */
  readonly offsets: Int32Array;
  /** True probability of a positive, same order, where data are simulated. */
  readonly truth?: Float32Array;
}

/** What a baseline is fitted on. */
export interface BaselineInput {
  /** Rows to fit on: of the training tasks all may be used. */
  readonly training: ObservedRows;
  /** What labels are. */
  readonly labels: LabelKind;
  /** Training tasks. */
  readonly train: Int32Array;
  /** What the positions of the validation episodes refer to. */
  readonly observed: ObservedRows;
  /** Episodes of validation tasks, to choose hyper-parameters on. */
  readonly validation: readonly Episode[];
  readonly seed: number;
  readonly signal?: AbortSignal;
}

/** A fitted baseline. */
export interface FittedBaseline {
  /** Hyper-parameters that were chosen on the validation episodes. */
  readonly chosen: Readonly<Record<string, number>>;
  /** Name in results, where it depends on what was fitted. Default: the baseline's. */
  readonly name?: string;
  /**
   * Writes the logits (of numbers: the predictions) of the episode's query rows to `into`, from `at` on.
   * @param observed what the episode's positions refer to; candidates are numbered as in what was fitted on
   */
  predict(observed: ObservedRows, episode: Episode, into: Float32Array, at: number): void;
}

/** A simple recommender that is fitted on the host, without a compiled graph. */
export interface Baseline {
  readonly name: string;
  /** One line for reports. */
  readonly description: string;
  fit(input: BaselineInput): FittedBaseline | Promise<FittedBaseline>;
}

/** Logits of the query rows of all episodes, one after the other, and where each episode starts. */
export function predictEpisodes(
  fitted: FittedBaseline,
  episodes: readonly Episode[],
  observed: ObservedRows,
): { score: Float32Array; offsets: Int32Array } {
  const offsets = queryOffsets(episodes);
  const score = new Float32Array(offsets[episodes.length]!);
  episodes.forEach((episode, index) => {
    fitted.predict(observed, episode, score, offsets[index]!);
  });
  return { score, offsets };
}

/** Running count of query rows: episode e owns predictions offsets[e] … offsets[e + 1]. */
export function queryOffsets(episodes: readonly Episode[]): Int32Array {
  const offsets = new Int32Array(episodes.length + 1);
  episodes.forEach((episode, index) => {
    offsets[index + 1] = offsets[index]! + episode.queryEnd - episode.queryStart;
  });
  return offsets;
}
