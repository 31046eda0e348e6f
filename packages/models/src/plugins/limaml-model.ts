import { defineModel, type ModelPlugin } from '@limaml/plugin';
import { buildModel } from './build-model.js';
import { buildJointModel } from './joint/build-joint-model.js';
import { type MetaForm, readOptions } from './options.js';
import { entityBlock } from './parts/entity-block.js';
import { historyBlock } from './parts/history-block.js';
import { interactionBlock } from './parts/interaction-block.js';
import type { BlockParts, MetaBlock } from './parts/meta-block.js';

const BLOCKS: Record<MetaForm, (parts: BlockParts) => MetaBlock> = {
  entity: entityBlock,
  interaction: interactionBlock,
  history: historyBlock,
};

/**
 * The LiMAML model: a meta block of the form that the options name, adapted by the inner loop, and the
 * shared global block.
 *
 * @see Wang et al. 2024, "LiMAML: Personalization of Deep Recommender Models via Meta Learning"
 * @example
 * ```ts
 * const model = limamlModel().create(schema, { meta: 'interaction', tower: [64, 32] });
 * ```
 */
export function limamlModel(): ModelPlugin {
  return defineModel({
    name: 'limaml',
    create(schema, options) {
      const read = readOptions('limaml', options);
      return buildModel('limaml', schema, read, BLOCKS[read.meta]);
    },
    createJoint: (joint, options) => buildJointModel('limaml', joint, options, BLOCKS),
  });
}
