import type { Episode } from '@limaml/data';
import {
  predictEpisodes,
  type BaselineInput,
  type FittedBaseline,
  type ObservedRows,
} from './baseline.js';
import { LIKELIHOODS, type LabelKind } from './label-kind.js';

/** Mean loss of a fitted baseline on the query rows of `episodes`. */
export function episodesLoss(
  fitted: FittedBaseline,
  episodes: readonly Episode[],
  observed: ObservedRows,
  labels: LabelKind,
): number {
  const { loss } = LIKELIHOODS[labels];
  const { score, offsets } = predictEpisodes(fitted, episodes, observed);
  let total = 0;
  episodes.forEach((episode, index) => {
    const shift = episode.queryStart - offsets[index]!;
    for (let row = offsets[index]!; row < offsets[index + 1]!; row++) {
      total += loss(score[row]!, observed.label[row + shift]!);
    }
  });
  return total / score.length;
}

/** Its loss on the validation episodes; 0 where there are none. */
export function validationLoss(
  fitted: FittedBaseline,
  { validation, observed, labels }: BaselineInput,
): number {
  return validation.length > 0 ? episodesLoss(fitted, validation, observed, labels) : 0;
}

/** The candidate with the lowest validation loss; the first one when there is nothing to validate on. */
export function chooseFitted(
  candidates: readonly FittedBaseline[],
  input: BaselineInput,
): FittedBaseline {
  let best: { fitted: FittedBaseline; loss: number } | undefined;
  for (const fitted of candidates) {
    const loss = validationLoss(fitted, input);
    if (best === undefined || loss < best.loss) best = { fitted, loss };
  }
  return best!.fitted;
}
