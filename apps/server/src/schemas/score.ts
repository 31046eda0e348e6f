import { Type, type Static } from 'typebox';
import type { Limits } from '../limits.js';
import type { Parts } from './parts.js';

export type ScoreBody = Static<ReturnType<typeof scoreBody>>;

export function scoreRequest({ id, record, candidate, other }: Parts, limits: Limits) {
  return Type.Object(
    {
      entity: Type.With(id, { description: 'Id of the entity to score for.' }),
      candidates: Type.Array(candidate, { minItems: 1, maxItems: limits.candidates }),
      profile: Type.Optional(
        Type.With(record, { description: 'Features of an entity without stored embedding.' }),
      ),
      context: Type.Optional(Type.With(record, { description: 'Features of the request.' })),
      others: Type.Optional(
        Type.Record(Type.String({ maxLength: limits.idLength }), other, {
          maxProperties: 8,
          description:
            'Other entities of the request by type: an id, or raw features. They stand in the place of those of the candidates.',
        }),
      ),
    },
    { additionalProperties: false },
  );
}

export function scoreBody(parts: Parts, limits: Limits) {
  return Type.Object(
    {
      requests: Type.Array(scoreRequest(parts, limits), {
        minItems: 1,
        maxItems: limits.requests,
      }),
    },
    { additionalProperties: false },
  );
}

/** What was scored with what; the same for score, rank and adapt. */
export const origin = {
  version: Type.Union([Type.Integer(), Type.Null()], {
    description: 'Store version of the embedding; null before the first generation.',
  }),
  prior: Type.Boolean({ description: 'Whether the entity had no embedding: its prior was used.' }),
  bundle: Type.String({ description: 'Name of the bundle that scored.' }),
  variant: Type.String({
    description: 'Variant of the entity, of those the server splits it among.',
  }),
};

/** Of a joint model only: where the embeddings of other entity types came from. */
export const others = Type.Optional(
  Type.Record(
    Type.String(),
    Type.Object({
      version: Type.Union([Type.Integer(), Type.Null()], {
        description: 'Store version of the embeddings; null before the first generation.',
      }),
      priors: Type.Integer({ description: 'Candidates that a prior was used for.' }),
    }),
    {
      description:
        'Where a bundle has embeddings of further entity types: those used, by type (a job, its company).',
    },
  ),
);

export const scoreReply = Type.Object({
  results: Type.Array(
    Type.Object({
      scores: Type.Array(Type.Number(), { description: 'In the order of the candidates, 0 to 1.' }),
      ...origin,
      others,
    }),
    { description: 'In the order of the requests.' },
  ),
});
