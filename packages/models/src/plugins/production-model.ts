import { defineModel, type ModelPlugin } from '@limaml/plugin';
import { buildModel } from './build-model.js';
import { readOptions } from './options.js';
import { entityBlock } from './parts/entity-block.js';

/**
 * The production-style baseline: one network for everybody. The same global block over the entity's
 * profile; train it with `innerSteps: 0`, so that nothing adapts.
 */
export function productionModel(): ModelPlugin {
  return defineModel({
    name: 'production',
    create: (schema, options) =>
      buildModel('production', schema, readOptions('production', options), entityBlock),
  });
}
