import {
  adam,
  hostTableSpecs,
  initParams,
  parameterSpecs,
  rowAdagrad,
  rowAdam,
  updateAverage,
  type AdamOptions,
  type ParameterSpecs,
  type ParameterValues,
  type RowOptimizer,
} from '@limaml/core';
import type { TrainingSpec } from '../spec/schema.js';
import { copiedValues } from './memory.js';
import { byPrefix } from './per-parameter.js';
import { prefixed } from './tensor-names.js';
import type { TrainingView } from './training-view.js';

/** What training changes: parameters, their running average, the optimisers' memory. */
export interface Weights {
  /** Present values of parameters, learned rates and whole tables, by input name. */
  readonly values: ParameterValues;
  /** The running average when there is one, else the values themselves: what is evaluated and kept. */
  readonly evaluated: ParameterValues;
  /** Everything above and the optimisers' state, by name in a checkpoint. The arrays are live. */
  readonly state: ParameterValues;
  /**
   * One outer step.
   * @param gradients by input name; rows of a table's gradient belong to `ids[name]`
   * @param step steps taken before this one
   */
  step(
    gradients: ParameterValues,
    ids: Readonly<Record<string, Int32Array>>,
    step: number,
    scale: number,
  ): void;
}

/**
 * First values of the parameters of all views, and the optimisers of the training spec.
 * @param shared whether the parameters are in shared memory, so that worker threads read them. Tables never
 *   are: programs are fed their rows
 */
export function createWeights(
  views: readonly Pick<TrainingView, 'model' | 'algorithm'>[],
  { optimiser, averageDecay }: Pick<TrainingSpec, 'optimiser' | 'averageDecay'>,
  seed: number,
  shared: boolean,
): Weights {
  const specs = views.map(({ model, algorithm }) => parameterSpecs(model, algorithm));
  const dense = copiedValues(initParams(together(specs), seed), shared);
  const tables = initParams(together(views.map(({ model }) => hostTableSpecs(model))), seed);
  const options = {
    ...optimiser,
    learningRate: byPrefix(optimiser.learningRate, DEFAULT_LEARNING_RATE),
    l2: byPrefix(optimiser.l2, 0),
    weightDecay: byPrefix(optimiser.weightDecay, 0),
  };
  const optimizer = adam(dense, options);
  const rowOptimizer = ROW_OPTIMISERS[optimiser.tables](tables, options);
  const values = { ...dense, ...tables };
  const evaluated = averageDecay === null ? values : copiedValues(values, shared);
  return {
    values,
    evaluated,
    state: {
      ...prefixed('value/', values),
      ...(averageDecay === null ? {} : prefixed('average/', evaluated)),
      ...prefixed('dense/', optimizer.state),
      ...prefixed('rows/', rowOptimizer.state),
    },
    step(gradients, ids, step, scale) {
      optimizer.step(gradients, scale);
      rowOptimizer.step(gradients, ids, scale);
      if (averageDecay !== null) updateAverage(evaluated, values, warmDecay(averageDecay, step));
    },
  };
}

/** Parameters of all views; those of the same name are the same. */
function together(specs: readonly ParameterSpecs[]): ParameterSpecs {
  return Object.assign({}, ...specs) as ParameterSpecs;
}

/** What moves the tables of the host, by name in a spec. */
const ROW_OPTIMISERS: Readonly<
  Record<
    TrainingSpec['optimiser']['tables'],
    (tables: ParameterValues, options: AdamOptions) => RowOptimizer
  >
> = {
  adam: rowAdam,
  adagrad: (tables, options) => rowAdagrad(tables, { ...options, per: 'element' }),
  'row-adagrad': (tables, options) => rowAdagrad(tables, { ...options, per: 'row' }),
};

/** For parameters that no prefix of the spec's record fits. */
const DEFAULT_LEARNING_RATE = 3e-3;

/** A short memory first, so that the average forgets the initial values quickly. */
function warmDecay(decay: number, step: number): number {
  return Math.min(decay, (1 + step) / (10 + step));
}
