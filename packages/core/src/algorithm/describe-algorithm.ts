import type { Model } from '../model.js';
import { adaptedParameters } from './adapted-parameters.js';
import type { Algorithm } from './algorithm.js';

/** An algorithm as plain data. */
export type AlgorithmDescription = Omit<Algorithm, 'adapts' | 'hooks'> & {
  /** Names of the adapted parameters of the model. */
  readonly adapts: readonly string[];
  /** Names of the hooks that are there; what they do is code. */
  readonly hooks: readonly string[];
};

/**
 * Describes an algorithm completely, for records and bundles: plain data, with what it adapts of a model by name
 * and hooks by their presence.
 *
 * @throws LIMAML_ERR_CORE_NOTHING_ADAPTED, LIMAML_ERR_CORE_ALGORITHM_CONFLICT when they do not go together
 *
 * @example
 * ```ts
 * const { name, adapts } = describeAlgorithm(anil(), model); // 'anil', ['meta/offset']
 * ```
 */
export function describeAlgorithm(algorithm: Algorithm, model: Model): AlgorithmDescription {
  const { hooks = {}, ...options } = algorithm;
  const present = Object.entries(hooks).filter(([, hook]) => hook !== undefined);
  return {
    ...options,
    adapts: adaptedParameters(model, algorithm),
    hooks: present.map(([name]) => name).sort(),
  };
}
