import { maml, type Algorithm } from '@limaml/core';
import type { Registry } from '@limaml/plugin';
import type { ModelEntry } from '../spec/schema.js';
import { algorithmOf } from '../training/algorithm.js';

/**
 * How one type of a joint model adapts. Beginnings in `adapts` are written as for a model of one type:
 * `meta/offset` is `meta/<type>/offset` here. A type that is not among the entry's entities does not adapt.
 *
 * @throws what `algorithmOf` throws
 */
export function viewAlgorithm(
  { algorithm, entities = [] }: ModelEntry,
  type: string,
  registry: Registry,
): Algorithm {
  const own = algorithmOf(algorithm, registry);
  const { loss, taskWeighting } = own;
  if (!entities.includes(type)) return maml({ innerSteps: 0, loss, taskWeighting });
  return { ...own, adapts: adaptsOf(own, type) };
}

function adaptsOf({ adapts }: Algorithm, type: string): Algorithm['adapts'] {
  if (typeof adapts === 'string') return adapts;
  const short = (name: string): string => name.replace(`meta/${type}/`, 'meta/');
  if (typeof adapts === 'function') return (path) => adapts(path) || adapts(short(path));
  return adapts.map((name) => short(name).replace(/^meta\//, `meta/${type}/`));
}
