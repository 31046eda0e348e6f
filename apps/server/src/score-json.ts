import type { Scores } from '@limaml/serving';
import type { Scored } from './score-entities.js';

/** What an answer says of the embeddings of other entity types; nothing where a model has one type. */
export function othersOf({ others }: Scores): {
  others?: Record<string, { version: number | null; priors: number }>;
} {
  const types = Object.entries(others);
  if (types.length === 0) return {};
  const origins = types.map(([type, { version, priors }]) => {
    return [type, { version: version ?? null, priors }] as const;
  });
  return { others: Object.fromEntries(origins) };
}

/**
 * The answer of `POST /v1/score` as text. Written by hand: a serialiser made for a schema wants plain
 * arrays, which would be a copy of every score. Numbers are those of the float32, in full.
 */
export function writeScores(scored: readonly Scored[]): string {
  let text = '{"results":[';
  for (let at = 0; at < scored.length; at++) {
    const { generation, scores } = scored[at]!;
    const name = JSON.stringify(generation.name);
    const { others } = othersOf(scores);
    const more = others === undefined ? '' : `,"others":${JSON.stringify(others)}`;
    text += `${at === 0 ? '' : ','}{"scores":[${scores.probabilities.join(',')}],"version":${scores.version ?? 'null'},"prior":${scores.prior},"bundle":${name},"variant":${name}${more}}`;
  }
  return `${text}]}`;
}
