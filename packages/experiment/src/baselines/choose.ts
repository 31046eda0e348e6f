import type { Episode } from '@limaml/data';
import { softplus } from '../numbers.js';
import { predictEpisodes, type FittedBaseline, type ObservedRows } from './baseline.js';

/** Mean log-loss of a fitted baseline on the query rows of `episodes`. */
export function episodesLogLoss(
  fitted: FittedBaseline,
  episodes: readonly Episode[],
  observed: ObservedRows,
): number {
  const { score, offsets } = predictEpisodes(fitted, episodes, observed);
  let total = 0;
  episodes.forEach((episode, index) => {
    const shift = episode.queryStart - offsets[index]!;
    for (let row = offsets[index]!; row < offsets[index + 1]!; row++) {
      total += softplus(score[row]!) - observed.label[row + shift]! * score[row]!;
    }
  });
  return total / score.length;
}

/** The candidate with the lowest validation log-loss; the first one when there is nothing to validate on. */
export function chooseFitted(
  candidates: readonly FittedBaseline[],
  validation: readonly Episode[],
  observed: ObservedRows,
): FittedBaseline {
  let best: { fitted: FittedBaseline; loss: number } | undefined;
  for (const fitted of candidates) {
    const loss = validation.length > 0 ? episodesLogLoss(fitted, validation, observed) : 0;
    if (best === undefined || loss < best.loss) best = { fitted, loss };
  }
  return best!.fitted;
}
