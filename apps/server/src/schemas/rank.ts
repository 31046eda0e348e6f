import { Type, type Static } from 'typebox';
import type { Limits } from '../limits.js';
import type { Parts } from './parts.js';
import { origin, others, scoreRequest } from './score.js';

export type RankBody = Static<ReturnType<typeof rankBody>>;

export function rankBody(parts: Parts, limits: Limits) {
  const k = Type.Integer({ minimum: 1, maximum: limits.candidates });
  return Type.Object(
    { ...scoreRequest(parts, limits).properties, k },
    { additionalProperties: false },
  );
}

export const rankReply = Type.Object({
  ranking: Type.Array(
    Type.Object({
      index: Type.Integer({ description: 'Place of the candidate in the request.' }),
      candidate: Type.Optional(
        Type.String({ description: 'Its id, where the request named one.' }),
      ),
      score: Type.Number(),
    }),
    { description: 'The best first; of equal scores the earlier candidate.' },
  ),
  ...origin,
  others,
});
