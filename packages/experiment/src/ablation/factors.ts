import { algorithm, innerRate, innerSteps, order } from './algorithm-factors.js';
import type { Factor } from './factor.js';
import { embeddingSize, entities, metaBlock, metaFeatures, supportSize } from './model-factors.js';

/** Everything that an ablation can change, by name. */
export const FACTORS = {
  'inner-steps': innerSteps,
  'inner-rate': innerRate,
  order,
  'support-size': supportSize,
  'embedding-size': embeddingSize,
  'meta-block': metaBlock,
  'meta-features': metaFeatures,
  entities,
  algorithm,
} as const satisfies Readonly<Record<string, Factor>>;

/** Name of something that an ablation can change. */
export type FactorName = keyof typeof FACTORS;

/** Names and one-line descriptions of everything that an ablation can change. */
export function ablationFactors(): readonly {
  readonly name: string;
  readonly description: string;
}[] {
  return Object.entries(FACTORS).map(([name, { description }]) => ({ name, description }));
}
