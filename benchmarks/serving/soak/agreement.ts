import type { Expected } from './reference.ts';
import type { ScoreAnswer } from './soaked-server.ts';

/** Batches of other sizes sum in another order; an event moves scores by far more. */
const TOLERANCE = 1e-5;

/** Whether an answer is what the bundle that it names must give. */
export function agrees({ scores, bundle }: ScoreAnswer, expected: Expected): boolean {
  const wanted = expected[bundle];
  return (
    scores.length === wanted.length &&
    scores.every((score, at) => Math.abs(score - wanted[at]!) <= TOLERANCE)
  );
}
