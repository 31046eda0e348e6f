import { bodyOf, FORMS, type Form, type ScoredRequest } from './marketplace.ts';
import type { Contender } from './contenders.ts';

/** Scores are the same up to this: products are summed in another order. */
const TOLERANCE = 1e-4;

interface Answer {
  readonly results: readonly { readonly scores: readonly number[] }[];
}

/** Asks a server everything, in every form. @throws Error for a score that is not as it must be */
export async function checkScores(
  { name, process }: Contender,
  requests: readonly ScoredRequest[],
): Promise<void> {
  for (const form of FORMS) {
    for (const request of requests) {
      const scores = await ask(process.url, request, form);
      if (!agree(scores, request.expected))
        throw new Error(`${name} scores ${request.entity} otherwise, candidates by ${form}`);
    }
  }
}

/** Scores of one request, as the server gives them. */
export async function ask(
  url: string,
  request: ScoredRequest,
  form: Form,
): Promise<readonly number[]> {
  const response = await fetch(`${url}/v1/score`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: bodyOf(request, form),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status} ${text.slice(0, 500)}`);
  return (JSON.parse(text) as Answer).results[0]!.scores;
}

/** Whether scores are those expected. */
export function agree(scores: readonly number[], expected: Float32Array): boolean {
  return (
    scores.length === expected.length &&
    scores.every((score, at) => Math.abs(score - expected[at]!) <= TOLERANCE)
  );
}
