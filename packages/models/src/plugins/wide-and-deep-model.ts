import { defineModel, type ModelPlugin } from '@limaml/plugin';
import { buildModel } from './build-model.js';
import { readOptions } from './options.js';
import { idBlock } from './parts/id-block.js';

/**
 * Wide & deep with entity ID embeddings, the strong personalised baseline of the LiMAML paper: a learned
 * vector per entity instead of an adapted one. Train it with `innerSteps: 0`.
 *
 * @see Cheng et al. 2016, "Wide & Deep Learning for Recommender Systems"
 */
export function wideAndDeepModel(): ModelPlugin {
  return defineModel({
    name: 'wide-and-deep',
    create: (schema, options) =>
      buildModel('wide-and-deep', schema, readOptions('wide-and-deep', options), (parts) =>
        idBlock('wide-and-deep', parts),
      ),
  });
}
