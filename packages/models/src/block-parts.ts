import type { FeatureSchema } from '@limaml/plugin';
import type { ModelOptions } from './options.js';
import type { CandidateVector } from './parts/candidate-vector.js';
import type { FeatureEmbeddingOptions } from './parts/feature-embeddings.js';

/** What meta blocks and global blocks are made from. */
export interface BlockParts {
  /** Name of the model, for messages. */
  readonly model: string;
  readonly schema: FeatureSchema;
  readonly options: ModelOptions;
  readonly candidate: CandidateVector;
  /** Width D of the meta embedding that the meta block gives. */
  readonly dim: number;
}

/** How a block embeds ids: in tables of its own, with the block's name in theirs. */
export function tableSettings(
  { options }: BlockParts,
  prefix: 'meta' | 'global',
): FeatureEmbeddingOptions {
  const { featureDim: dim, wholeTableLimit } = options;
  return { dim, wholeTableLimit, prefix };
}
