import { Type, type Static } from 'typebox';
import type { Limits } from '../limits.js';
import type { Parts } from './parts.js';
import { origin, scoreRequest } from './score.js';

export type AdaptBody = Static<ReturnType<typeof adaptBody>>;

/** What a support event and an event of the log share. */
export function eventFields({ record, candidate }: Parts) {
  return {
    candidate,
    label: Type.Number({ description: '1 for a click, 0 for none, or the rating.' }),
    context: Type.Optional(record),
    outcome: Type.Optional(
      Type.With(record, { description: 'What came of it beyond the label (rating, dwell time).' }),
    ),
  };
}

export function adaptBody(parts: Parts, limits: Limits) {
  const event = Type.Object(eventFields(parts), { additionalProperties: false });
  const { properties } = scoreRequest(parts, limits);
  return Type.Object(
    {
      ...properties,
      candidates: Type.Optional(properties.candidates),
      events: Type.Array(event, {
        maxItems: limits.events,
        description: 'Interactions to adapt to, oldest first; none gives the prior.',
      }),
    },
    { additionalProperties: false },
  );
}

export const adaptReply = Type.Object({
  embedding: Type.Array(Type.Number(), { description: 'The meta embedding; it is not stored.' }),
  scores: Type.Array(Type.Number(), { description: 'In the order of the candidates.' }),
  prior: origin.prior,
  bundle: origin.bundle,
  variant: origin.variant,
});
