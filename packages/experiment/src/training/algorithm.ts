import { maml, type Algorithm } from '@limaml/core';
import type { AlgorithmSpec } from '../spec/schema.js';

/** The algorithm that a spec describes: parameters are adapted whose names begin with one of `adapts`. */
export function algorithmOf({ adapts, ...options }: AlgorithmSpec): Algorithm {
  return maml({ ...options, adapts: (path) => adapts.some((prefix) => path.startsWith(prefix)) });
}
