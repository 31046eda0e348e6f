import type { EncodedFeature, FeatureSchema } from '../contracts/index.js';

/**
 * A schema with features of every owner, kind and common role, small enough for the interpreter: what
 * {@link testModelPlugin} makes models for unless told otherwise, and what a schema of your own can start from.
 */
export const SMALL_SCHEMA: FeatureSchema = {
  entity: 'member',
  metaFeatures: ['entity.age', 'entity.city'],
  features: [
    { ...ids('entity.id', 'entity', 'categorical'), role: 'entity-id' },
    numbers('entity.age', 'entity', 1),
    ids('entity.city', 'entity', 'categorical'),
    { ...ids('row.item', 'row', 'categorical'), role: 'candidate-id' },
    { ...ids('row.genres', 'row', 'multi'), width: 3 },
    { ...ids('row.words', 'row', 'sequence'), width: 2 },
    { ...numbers('row.like_rate', 'row', 1), role: 'candidate-rate' },
    numbers('row.price', 'row', 2),
    numbers('outcome.rating', 'outcome', 1),
  ],
};

function numbers(name: string, owner: EncodedFeature['owner'], width: number): EncodedFeature {
  return { name, owner, kind: 'dense', width, size: 0, vocabulary: '' };
}

function ids(
  name: string,
  owner: EncodedFeature['owner'],
  kind: EncodedFeature['kind'],
): EncodedFeature {
  return { name, owner, kind, width: 0, size: 6, vocabulary: name };
}
