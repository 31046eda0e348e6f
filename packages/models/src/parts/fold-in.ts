import { alignTasks, branch, dense, leaf, type Tree } from '@limaml/core';
import {
  add,
  exp,
  expandDims,
  log,
  matMul,
  mul,
  square,
  squeeze,
  sub,
  sum,
  type Tensor,
} from '@limaml/graph';
import type { EncodedFeature } from '@limaml/plugin';
import { conjugateGradient } from './conjugate-gradient.js';
import type { SupportEncoder } from './support-encoder.js';
import type { SupportView } from './support-view.js';

/** Options of {@link foldIn}. */
export interface FoldInOptions {
  /** K: width of a candidate vector. */
  readonly dim: number;
  /** F: width of the row features. */
  readonly rows: number;
  /** The dense outcome that is explained; without it the label. */
  readonly target?: EncodedFeature | undefined;
  /** The row feature with what is expected of the outcome; without it 0. */
  readonly expected?: EncodedFeature | undefined;
  /** Steps of the solver. Default 6. */
  readonly steps?: number;
}

/**
 * Bayesian linear regression of past outcomes on candidate vectors: the posterior mean of the entity's
 * vector w, with learned precisions.
 *
 * $$t_s = a\,o_s + b - \mu_s \approx \langle v_s, w \rangle, \qquad
 *   m = \big(V^\top R V + \operatorname{diag}(e^{\pi})\big)^{-1} V^\top R\, t$$
 *
 * $R$ is diagonal: the log-precision of a row is linear in its features and in log(1 + n).
 *
 * ```
 * vectors [T, S, K], outcome − expected [T, S] ── 6 conjugate-gradient steps ──▶ m [T, K]
 * ```
 *
 * `K + F + 4` parameters: `prior` π, `precision` (linear in the row), `count`, `slope` a, `level` b.
 *
 * @see Bishop 2006, eq. (3.49)–(3.54)
 */
export function foldIn(options: FoldInOptions): SupportEncoder {
  const { dim, rows, steps = 6 } = options;
  const zeros = { kind: 'zeros' } as const;
  const precision = dense({ inputs: rows, outputs: 1, bias: true, init: zeros });
  const scalar = (value: number) => ({ shape: [1], init: { kind: 'constant', value } as const });
  return {
    params: {
      prior: { shape: [dim], init: zeros },
      precision: precision.params,
      count: scalar(0),
      slope: scalar(1),
      level: scalar(0),
    },
    width: dim,
    apply(params, support) {
      const logPrecision =
        support.rows === undefined
          ? countTerm(params, support)
          : add(
              squeeze(precision.apply(branch(params, 'precision'), support.rows), -1),
              countTerm(params, support),
            );
      const weights = mul(exp(logPrecision), support.mask);
      const system = normalEquations(params, support.vectors, weights, targetOf(options, params, support));
      return conjugateGradient(system, steps);
    },
  };
}
