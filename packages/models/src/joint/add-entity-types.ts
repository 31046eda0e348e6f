import {
  hostTableSpecs,
  initParams,
  parameterSpecs,
  type Algorithm,
  type ParameterValues,
} from '@limaml/core';
import type { JointModel } from '@limaml/plugin';

/** What {@link addEntityTypes} makes values for. */
export interface AddedTypes {
  /** The model with the new types. */
  readonly model: JointModel;
  /** How each type adapts. */
  readonly algorithm: (type: string) => Algorithm;
  readonly seed: number;
}

/**
 * Values of a joint model with more entity types from those of a trained model with fewer: nothing is
 * trained anew. What a new type brings to the score (`global/in/<type>`) starts at zero, so that no score
 * changes until training goes on; its meta block starts as any other.
 *
 * $$g_{\text{global}}([e_1; \dots; e_n; e_{\text{new}}; x]) = g_{\text{global}}([e_1; \dots; e_n; x])$$
 *
 * @param values trained values of the model without the new types, by program input name
 *
 * @example
 * ```ts
 * const values = addEntityTypes(run.params, { model: withCompany, algorithm: () => maml(), seed: 1 });
 * ```
 */
export function addEntityTypes(
  values: ParameterValues,
  { model, algorithm, seed }: AddedTypes,
): ParameterValues {
  const specs = Object.entries(model.views).map(([type, view]) => ({
    ...parameterSpecs(view, algorithm(type)),
    ...hostTableSpecs(view),
  }));
  const initial = initParams(Object.assign({}, ...specs) as (typeof specs)[number], seed);
  const entries = Object.entries(initial).map(([name, first]) => {
    if (name.startsWith('global/in/')) first.data.fill(0);
    return [name, values[name] ?? first] as const;
  });
  return Object.fromEntries(entries);
}
