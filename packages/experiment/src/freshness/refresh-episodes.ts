import type { Episode, EpisodeLimits } from '@limaml/data';
import type { RefreshPolicy } from '../spec/schema.js';
import { supportAt, type SupportRange } from './policy.js';
import type { ReplayedRows } from './replayed-rows.js';

/**
 * Episodes that score all rows in order, each with the support set that a policy has made its embedding from by
 * then. Rows of a task with the same support set share an episode, of `maxQuery` rows at most.
 */
export function refreshEpisodes(
  { index, spans, offsets, position, slate }: ReplayedRows,
  policy: RefreshPolicy,
  limits: EpisodeLimits,
): Episode[] {
  return spans.flatMap((span, s) => {
    const episodes: Episode[] = [];
    for (let row = offsets[s]!; row < offsets[s + 1]!; row++) {
      const support = supportAt(policy, index, span, slate[row]!, limits);
      addRow(episodes, { task: span.task, at: position[row]!, support }, limits.maxQuery);
    }
    return episodes;
  });
}

interface Row {
  readonly task: number;
  readonly at: number;
  readonly support: SupportRange;
}

/** Adds a row to the last episode, or opens another. */
function addRow(episodes: Episode[], { task, at, support }: Row, maxQuery: number): void {
  const last = episodes.at(-1);
  const goesOn = last && hasSupport(last, support) && at - last.queryStart < maxQuery;
  if (goesOn) episodes.pop();
  episodes.push({
    ...{ task, supportStart: support.start, supportEnd: support.end },
    ...{ queryStart: goesOn ? last.queryStart : at, queryEnd: at + 1 },
  });
}

/** Whether an episode adapts to this support set. */
export function hasSupport(episode: Episode, { start, end }: SupportRange): boolean {
  return episode.supportStart === start && episode.supportEnd === end;
}
