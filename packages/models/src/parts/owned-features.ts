import type { EncodedFeature, FeatureSchema } from '@limaml/plugin';
import { type BlockParts, tableSettings } from '../block-parts.js';
import { isCandidateVector } from './candidate-vector.js';
import { type FeatureEmbeddings, featureEmbeddings } from './feature-embeddings.js';

/** Row features but the candidate's vector, which has a part of its own. */
export function rowFeatures({ features }: FeatureSchema): EncodedFeature[] {
  return features.filter((feature) => feature.owner === 'row' && !isCandidateVector(feature));
}

/** The features that go through the meta block; ids of entities are left to models that ask for them. */
function metaFeatures({ features, metaFeatures: names }: FeatureSchema): EncodedFeature[] {
  return features.filter(({ name, role }) => names.includes(name) && role !== 'entity-id');
}

/** The entity's own features as one vector per task, `[T, P]`. */
export function profileOf(parts: BlockParts): FeatureEmbeddings {
  return featureEmbeddings(metaFeatures(parts.schema), ['T'], tableSettings(parts, 'meta'));
}
