import type { Scorer } from '@limaml/serving';

/** Candidates, best first. */
export interface Ranking {
  readonly version: number | undefined;
  readonly prior: boolean;
  readonly candidates: readonly {
    readonly id: string;
    readonly probability: number;
    readonly logit: number;
  }[];
}

/** Scores candidates for an entity and sorts them; equal scores keep the given order. */
export async function rankCandidates(
  scorer: Scorer,
  entity: string,
  ids: readonly string[],
): Promise<Ranking> {
  const { logits, probabilities, version, prior } = await scorer.score({ entity, candidates: ids });
  const candidates = ids
    .map((id, at) => ({ id, probability: probabilities[at]!, logit: logits[at]! }))
    .sort((a, b) => b.logit - a.logit);
  return { version, prior, candidates };
}
