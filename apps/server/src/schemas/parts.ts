import { Type } from 'typebox';
import type { Limits } from '../limits.js';

type FeatureRecord = Record<string, string | number | boolean | null | (string | number)[]>;

/** Schemas that others are made of, within the limits of a server. */
export type Parts = ReturnType<typeof schemaParts>;

/**
 * Records and candidates, of which a body has hundreds, list their types in one schema: a choice between
 * schemas would try each in turn, and note why it failed, for every feature of every candidate.
 */
export function schemaParts(limits: Limits) {
  const id = Type.String({ minLength: 1, maxLength: limits.idLength });
  const features = featuresOf(limits);
  const record = Type.Unsafe<FeatureRecord>({
    type: 'object',
    ...features,
    description: 'Raw features by column name.',
  });
  const candidate = Type.Unsafe<string | FeatureRecord>({
    type: ['string', 'object'],
    ...{ minLength: 1, maxLength: limits.idLength },
    ...features,
    description: 'Id of a candidate of the bundle, or raw features with the id among them.',
  });
  const other = Type.Unsafe<string | FeatureRecord>({
    ...candidate,
    description: 'Id of an entity, or raw features with the id among them.',
  });
  return { id, record, candidate, other };
}

function featuresOf({ idLength, textLength, features }: Limits) {
  const item = { type: ['string', 'number'], maxLength: textLength };
  return {
    propertyNames: { type: 'string', maxLength: idLength },
    maxProperties: features,
    additionalProperties: {
      type: ['string', 'number', 'boolean', 'null', 'array'],
      maxLength: textLength,
      maxItems: features,
      items: item,
    },
  };
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
