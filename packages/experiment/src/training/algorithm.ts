import { maml, type Algorithm } from '@limaml/core';
import type { Registry } from '@limaml/plugin';
import type { AlgorithmSpec } from '../spec/schema.js';

/** What a spec without a preset learns by: a rate for each element that the inner loop adapts. */
const LEARNED_RATE = { initial: 0.1, per: 'element' } as const;

/**
 * The algorithm that a spec describes: that of its preset, changed by the keys that are given.
 *
 * @throws LIMAML_ERR_PLUGIN_UNKNOWN when the preset is not registered
 * @throws LIMAML_ERR_CORE_OPTION_INVALID, LIMAML_ERR_CORE_ALGORITHM_CONFLICT, or what the plugin throws
 */
export function algorithmOf({ preset, ...options }: AlgorithmSpec, registry: Registry): Algorithm {
  if (preset === undefined) return maml({ innerLearningRate: LEARNED_RATE, ...options });
  return registry.get('algorithm', preset).create(options);
}
