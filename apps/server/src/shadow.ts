import type { ScoreRequest } from '@limaml/serving';
import { setImmediate as afterAnswers } from 'node:timers/promises';
import type { Generation } from './deployment/generation.js';
import type { Metrics } from './metrics.js';
import type { Scored } from './score-entities.js';

/** Scores requests with the shadow bundle too, behind the answer, and counts how far the scores differ. */
export async function compareWithShadow(
  shadow: Generation,
  requests: readonly ScoreRequest[],
  scored: readonly Scored[],
  metrics: Metrics,
): Promise<void> {
  await afterAnswers();
  try {
    const shadowed = await shadow.scorer.scoreAll(requests);
    shadowed.forEach(({ probabilities }, at) => {
      const served = scored[at]!.scores.probabilities;
      metrics.shadowed(shadow.name, meanDifference(served, probabilities));
    });
  } catch {
    // The answer is out already: a shadow that fails is counted and disturbs nobody.
    metrics.shadowFailed(shadow.name);
  }
}

function meanDifference(one: Float32Array, other: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < one.length; at++) sum += Math.abs(one[at]! - other[at]!);
  return sum / one.length;
}
