import { algorithmConflict, nothingAdapted } from '../errors.js';
import type { Model } from '../model.js';
import { flattenTree } from '../tree.js';
import type { Algorithm, BlockSelector } from './algorithm.js';

/** Prefix of the names of meta parameters. */
export const META = 'meta/';

/**
 * Names of the parameters that an algorithm adapts, in the order of the model's parameters.
 *
 * @throws LIMAML_ERR_CORE_NOTHING_ADAPTED when there are inner steps but nothing to move
 * @throws LIMAML_ERR_CORE_ALGORITHM_CONFLICT when it adapts head or body of a model that names no head
 */
export function adaptedParameters(model: Model, algorithm: Algorithm): readonly string[] {
  if (algorithm.innerSteps === 0) return [];
  const all = flattenTree(model.params.meta).map(([path]) => META + path);
  const adapted = all.filter(selectorOf(model, algorithm));
  if (adapted.length === 0) throw nothingAdapted(model.name, all);
  return adapted;
}

function selectorOf(model: Model, algorithm: Algorithm): BlockSelector {
  const { adapts } = algorithm;
  if (typeof adapts === 'function') return adapts;
  if (adapts === 'all') return () => true;
  if (typeof adapts !== 'string') return beginsWithOneOf(adapts);
  const isHead = beginsWithOneOf(headOf(model, algorithm));
  return adapts === 'head' ? isHead : (path) => !isHead(path);
}

function headOf({ name, head }: Model, algorithm: Algorithm): readonly string[] {
  if (head !== undefined && head.length > 0) return head;
  throw algorithmConflict(algorithm.name, {
    what: `\`adapts: '${String(algorithm.adapts)}'\` with the model "${name}"`,
    why: 'this model does not say which of its parameters are the head',
    fix: 'List the names of parameters in `adapts`, or add `head` to the model',
  });
}

function beginsWithOneOf(prefixes: readonly string[]): BlockSelector {
  return (path) => prefixes.some((prefix) => path.startsWith(prefix));
}
