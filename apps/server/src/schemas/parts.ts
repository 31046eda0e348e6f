import { Type } from 'typebox';
import type { Limits } from '../limits.js';

/** Schemas that others are made of, within the limits of a server. */
export type Parts = ReturnType<typeof schemaParts>;

export function schemaParts(limits: Limits) {
  const id = Type.String({ minLength: 1, maxLength: limits.idLength });
  const text = Type.String({ maxLength: limits.textLength });
  const value = Type.Union([
    text,
    Type.Number(),
    Type.Boolean(),
    Type.Null(),
    Type.Array(Type.Union([text, Type.Number()]), { maxItems: limits.features }),
  ]);
  const record = Type.Record(Type.String({ maxLength: limits.idLength }), value, {
    maxProperties: limits.features,
    description: 'Raw features by column name.',
  });
  const candidate = Type.Union([id, record], {
    description: 'Id of a candidate of the bundle, or raw features with the id among them.',
  });
  return { id, record, candidate };
}

/** What every error body holds. */
export const errorBody = Type.Object(
  {
    error: Type.Object({
      code: Type.String({ description: 'Stable code, LIMAML_ERR_….' }),
      message: Type.String(),
      path: Type.Optional(Type.String({ description: 'Place in the request, as a JSON pointer.' })),
      requestId: Type.String(),
    }),
  },
  { description: 'What was wrong and what to do.' },
);
