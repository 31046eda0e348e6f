import type { Episode, EpisodeLimits } from '@limaml/data';
import type { RefreshPolicy } from '../spec/schema.js';
import { supportAt, type SupportRange } from './policy.js';
import type { ReplayedRows, Window } from './windows.js';

/**
 * Episodes that score all rows of all windows in order, each with the support set that a policy has made its embedding
 * from by then. Rows with the same support set share an episode, of `maxQuery` rows at most.
 */
export function refreshEpisodes(
  rows: ReplayedRows,
  policy: RefreshPolicy,
  limits: EpisodeLimits,
): Episode[] {
  return rows.windows.flatMap((window, w) => windowEpisodes(rows, window, w, policy, limits));
}

function windowEpisodes(
  { index, offsets, position, slate }: ReplayedRows,
  window: Window,
  w: number,
  policy: RefreshPolicy,
  limits: EpisodeLimits,
): Episode[] {
  const episodes: Episode[] = [];
  let open: Episode | undefined;
  for (let row = offsets[w]!; row < offsets[w + 1]!; row++) {
    const at = position[row]!;
    const support = supportAt(policy, index, window, slate[row]!, limits);
    const goesOn = open !== undefined && hasSupport(open, support);
    if (goesOn && at - open!.queryStart < limits.maxQuery) {
      open = { ...open!, queryEnd: at + 1 };
      episodes[episodes.length - 1] = open;
    } else {
      open = {
        ...{ task: window.task, supportStart: support.start, supportEnd: support.end },
        ...{ queryStart: at, queryEnd: at + 1 },
      };
      episodes.push(open);
    }
  }
  return episodes;
}

/** Whether an episode adapts to this support set. */
export function hasSupport(episode: Episode, { start, end }: SupportRange): boolean {
  return episode.supportStart === start && episode.supportEnd === end;
}
