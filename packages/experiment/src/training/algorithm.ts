import { maml, type Algorithm } from '@limaml/core';
import type { AlgorithmSpec } from '../spec/schema.js';

/** The algorithm that a spec describes. */
export function algorithmOf(options: AlgorithmSpec): Algorithm {
  return maml(options);
}
