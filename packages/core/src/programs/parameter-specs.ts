import { adaptedParameters } from '../algorithm/adapted-parameters.js';
import type { Algorithm, LearnedRate } from '../algorithm/algorithm.js';
import type { Model, ParamSpec, TableSpec } from '../model.js';
import type { ParameterSpecs } from '../parameters.js';
import { flattenTree } from '../tree.js';

/**
 * Every parameter that a dense optimiser trains, by the name of its program input: `meta/<path>`,
 * `global/<path>`, learned inner rates `rate/<path of the adapted parameter>`, and the tables that
 * programs see whole, `table/<name>`.
 *
 * @example
 * ```ts
 * const parameters = initParams(parameterSpecs(model, algorithm), seed);
 * const optimizer = adam(parameters, { learningRate: 3e-3 });
 * ```
 */
export function parameterSpecs(model: Model, algorithm: Algorithm): ParameterSpecs {
  return {
    ...blockSpecs(model),
    ...rateSpecs(model, algorithm),
    ...tableSpecs(model, 'whole'),
  };
}

/** Tables that stay on the host, by the name of their program input; for {@link rowAdam}. */
export function hostTableSpecs(model: Model): ParameterSpecs {
  return tableSpecs(model, 'rows');
}

/** Parameters of the meta block and of the global block. */
export function blockSpecs(model: Model): ParameterSpecs {
  return Object.fromEntries([
    ...flattenTree(model.params.meta).map(([path, spec]) => [`meta/${path}`, spec] as const),
    ...flattenTree(model.params.global).map(([path, spec]) => [`global/${path}`, spec] as const),
  ]);
}

/** Learned inner rates: one for each adapted parameter, or none when the rate is fixed. */
export function rateSpecs(model: Model, algorithm: Algorithm): ParameterSpecs {
  const { innerLearningRate: rate } = algorithm;
  if (typeof rate === 'number') return {};
  const blocks = blockSpecs(model);
  const specOf = (name: string): ParamSpec => ({
    shape: rateShape(rate, blocks[name]!.shape, algorithm.innerSteps),
    init: { kind: 'constant', value: rate.initial },
  });
  return Object.fromEntries(
    adaptedParameters(model, algorithm).map((name) => [`rate/${name}`, specOf(name)]),
  );
}

function rateShape(
  { per }: LearnedRate,
  shape: readonly number[],
  innerSteps: number,
): readonly number[] {
  if (per === 'element') return shape;
  return per === 'parameter' ? [] : [innerSteps];
}

function tableSpecs(model: Model, feed: TableSpec['feed']): ParameterSpecs {
  return Object.fromEntries(
    Object.entries(model.tables)
      .filter(([, table]) => table.feed === feed)
      .map(([name, { rows, dim, init }]) => [`table/${name}`, { shape: [rows, dim], init }]),
  );
}
