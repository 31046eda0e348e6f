import type { Scored } from './score-entities.js';

/**
 * The answer of `POST /v1/score` as text. Written by hand: a serialiser made for a schema wants plain
 * arrays, which would be a copy of every score. Numbers are those of the float32, in full.
 */
export function writeScores(scored: readonly Scored[]): string {
  let text = '{"results":[';
  for (let at = 0; at < scored.length; at++) {
    const { generation, scores } = scored[at]!;
    const name = JSON.stringify(generation.name);
    text += `${at === 0 ? '' : ','}{"scores":[${scores.probabilities.join(',')}],"version":${scores.version ?? 'null'},"prior":${scores.prior},"bundle":${name},"variant":${name}}`;
  }
  return `${text}]}`;
}
