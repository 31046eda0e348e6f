import { renderText } from '@limaml/experiment';
import type { CommandResult } from './command.js';
import type { Ranking } from './ranking.js';

/** A ranking to show. */
export interface RankingReport {
  readonly entity: string;
  /** How many of the best to show. Default: all. */
  readonly top: number | undefined;
  readonly now: Ranking;
  /** The ranking before the entity was adapted, where it was. */
  readonly before?: Ranking;
  /** Ids of candidates that the bundle does not know, which are scored as unseen ones. */
  readonly unknown: readonly string[];
}

/** Ids that a message lists, at most. */
const LISTED = 5;

/** The ranking as a table, and as JSON. */
export function reportRanking(report: RankingReport): CommandResult {
  const { entity, top, now, before, unknown } = report;
  const names = [
    ...['rank', 'candidate', 'probability'],
    ...(before ? ['rank before', 'before', 'move'] : []),
  ];
  const columns = names.map((name) => ({ name }));
  const table = renderText([
    { kind: 'table', title: titleOf(report), columns, rows: rowsOf(report) },
  ]);
  const json = { entity, version: now.version, prior: now.prior, unknown };
  return {
    text: `${table.trimEnd()}${noteOf(unknown)}`,
    json: {
      ...json,
      candidates: now.candidates.slice(0, top),
      ...(before && { before: before.candidates.slice(0, top) }),
    },
  };
}

function titleOf({ entity, now, before }: RankingReport): string {
  const embedding = now.prior
    ? 'prior embedding (not in the store)'
    : `embedding of version ${now.version ?? '?'}`;
  return `${entity}: ${embedding}${before ? ', after the new events' : ''}`;
}

function rowsOf({ top, now, before }: RankingReport): readonly (readonly string[])[] {
  const placesBefore = new Map(before?.candidates.map((candidate, at) => [candidate.id, at]));
  return now.candidates.slice(0, top).map(({ id, probability }, at) => {
    const cells = [String(at + 1), id, probability.toFixed(4)];
    if (before === undefined) return cells;
    const place = placesBefore.get(id)!;
    const earlier = before.candidates[place]!.probability.toFixed(4);
    return [...cells, String(place + 1), earlier, move(place - at)];
  });
}

function move(places: number): string {
  if (places === 0) return '=';
  return places > 0 ? `↑${places}` : `↓${-places}`;
}

function noteOf(unknown: readonly string[]): string {
  if (unknown.length === 0) return '';
  const more = unknown.length > LISTED ? ` and ${unknown.length - LISTED} more` : '';
  const listed = unknown.slice(0, LISTED).join(', ');
  return `\nNot in the bundle, so scored as unseen candidates: ${listed}${more}`;
}
