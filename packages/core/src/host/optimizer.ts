import { optionInvalid, parameterMissing, shapeMismatch } from '../errors.js';
import { forParameter, type ParameterValues, type PerParameter } from '../parameters.js';

/** Changes parameters in place from their gradients. */
export interface Optimizer {
  /**
   * What the optimiser remembers between steps, by name. The arrays are live: a checkpoint stores them,
   * and `copyValues(saved, optimizer.state)` makes the next step what it would have been.
   */
  readonly state: ParameterValues;
  /**
   * Takes one step.
   *
   * @param gradients one per parameter, by parameter name and of its shape
   * @param scale factor on the learning rate, e.g. of a schedule. Default 1
   * @throws LIMAML_ERR_CORE_PARAMETER_MISSING, LIMAML_ERR_CORE_SHAPE_MISMATCH
   */
  step(gradients: ParameterValues, scale?: number): void;
}

/** Options that every optimiser has. */
export interface OptimizerOptions {
  /** Learning rate β of the outer loop. */
  readonly learningRate: PerParameter;
  /** λ of an L2 penalty ½ λ ‖θ‖²: adds λθ to the gradient, before any moments. Default 0. */
  readonly l2?: PerParameter;
  /** λ of decoupled weight decay: θ ← θ − β λ θ beside the step (Loshchilov & Hutter 2019). Default 0. */
  readonly weightDecay?: PerParameter;
}

/** {@link OptimizerOptions} resolved for one parameter. */
export type ParameterRule = Readonly<Record<keyof OptimizerOptions, number>>;

/**
 * Resolves the options for one parameter.
 *
 * @throws LIMAML_ERR_CORE_OPTION_INVALID when a value is negative or not finite
 */
export function ruleOf(options: OptimizerOptions, name: string): ParameterRule {
  const resolve = (option: keyof OptimizerOptions): number => {
    const value = forParameter(options[option] ?? 0, name);
    return requireInRange(option, value, 0, Infinity, name);
  };
  return {
    learningRate: resolve('learningRate'),
    l2: resolve('l2'),
    weightDecay: resolve('weightDecay'),
  };
}

/**
 * Returns `value` when it is in [low, high).
 *
 * @throws LIMAML_ERR_CORE_OPTION_INVALID otherwise, NaN included
 */
export function requireInRange(
  option: string,
  value: number,
  low: number,
  high: number,
  parameter?: string,
): number {
  if (value >= low && value < high) return value;
  throw optionInvalid(option, value, `a number, at least ${low} and below ${high}`, parameter);
}

/**
 * The gradient of one parameter. Checked here, once per step, so that the loops over elements need no checks.
 *
 * @throws LIMAML_ERR_CORE_PARAMETER_MISSING, LIMAML_ERR_CORE_SHAPE_MISMATCH
 */
export function gradientOf(gradients: ParameterValues, name: string, length: number): Float32Array {
  const gradient = gradients[name];
  if (gradient === undefined) throw parameterMissing(name, Object.keys(gradients));
  if (gradient.data.length !== length) throw shapeMismatch(name, gradient.shape, [length]);
  return gradient.data;
}
