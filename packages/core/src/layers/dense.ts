import { add, expandDims, matMul, squeeze, type Tensor } from '@limaml/graph';
import { lowRankOf } from '../fast-weights/low-rank-weights.js';
import type { Initializer, ParamSpec } from '../model.js';
import { leaf, type Tree } from '../tree.js';
import { alignTasks, isPerTask, type Layer } from './layer.js';

/** Options of {@link dense}. */
export interface DenseOptions {
  /** Width of x. */
  readonly inputs: number;
  /** Width of the result. */
  readonly outputs: number;
  /** Default: true. */
  readonly bias?: boolean;
  /** Of the kernel; the bias starts at zero. Default: Glorot. */
  readonly init?: Initializer;
}

/**
 * An affine map of the last axis: $y = x W + b$.
 *
 * ```
 * x [T, …, inputs] ── kernel [inputs, outputs] ── bias [outputs] ──▶ [T, …, outputs]
 * ```
 *
 * `inputs · outputs + outputs` parameters: `kernel`, `bias`. Both may carry a leading T.
 *
 * @example
 * ```ts
 * const layer = dense({ inputs: 16, outputs: 4 });
 * const y = layer.apply(params, x);
 * ```
 */
export function dense(options: DenseOptions): Layer {
  const { inputs, outputs, bias = true, init = { kind: 'glorot' } } = options;
  const kernelSpec: ParamSpec = { shape: [inputs, outputs], init };
  const biasSpec: ParamSpec = { shape: [outputs], init: { kind: 'zeros' } };
  return {
    params: bias ? { kernel: kernelSpec, bias: biasSpec } : { kernel: kernelSpec },
    apply(params: Tree<Tensor>, x: Tensor): Tensor {
      return affine(x, leaf(params, 'kernel'), bias ? leaf(params, 'bias') : undefined);
    },
  };
}

function affine(x: Tensor, kernel: Tensor, bias: Tensor | undefined): Tensor {
  const lowRank = lowRankOf(kernel);
  if (lowRank?.accepts(x)) return lowRank.apply(x, bias);
  const product = multiply(x, kernel);
  return bias ? add(product, alignTasks(bias, 1, x.shape.length)) : product;
}

function multiply(x: Tensor, kernel: Tensor): Tensor {
  const rank = x.shape.length;
  // One row per task: a batch of T products needs the row axis that x [T, inputs] does not have.
  if (isPerTask(kernel, 2) && rank === 2) return squeeze(matMul(expandDims(x, 1), kernel), 1);
  return matMul(x, alignTasks(kernel, 2, rank));
}
