import { branch, dense, type FeatureTensors, leaf, type ParamSpec, type Tree } from '@limaml/core';
import { add, mul, squeeze, type Tensor } from '@limaml/graph';
import type { FeatureSchema } from '@limaml/plugin';

/** See {@link rowScore}. */
export interface RowScore {
  readonly params: Readonly<Record<string, ParamSpec | Tree<ParamSpec>>>;
  /** Adds the score to a logit `[T, B]`. x `[T, B, W]`, undefined where W is 0. */
  apply(params: Tree<Tensor>, logit: Tensor, rows: FeatureTensors, x?: Tensor): Tensor;
}

/**
 * What a row's features add to a logit by themselves, whoever looks: $w_r \cdot \text{rate} + \langle w, x \rangle + c$.
 *
 * ```text
 * rate [T, B, 1] ── · w_r ────────┐
 * x [T, B, W] ── dense W → 1 ─────┴─(+ logit)── [T, B]
 * ```
 *
 * `W + 2` parameters: `linear/…` from zeros where W > 0, `rate` from 1 where the schema has a candidate's rate.
 * Where labels are numbers, `level`, a constant that starts at their mean, comes on top.
 *
 * @param width W
 * @see Cheng et al. 2016 (Wide & Deep), section 3.1
 * @example
 * ```ts
 * const own = rowScore(schema, 12);
 * const logit = own.apply(params, match, rows, x);
 * ```
 */
export function rowScore({ features, labelMean }: FeatureSchema, width: number): RowScore {
  const rate = features.find(({ role }) => role === 'candidate-rate');
  const linear = dense({ inputs: width, outputs: 1, init: { kind: 'zeros' } });
  const slope: ParamSpec = { shape: [1], init: { kind: 'constant', value: 1 } };
  return {
    params: {
      ...(width > 0 && { linear: linear.params }),
      ...(rate && { rate: slope }),
      ...(labelMean !== undefined && { level: levelSpec(labelMean) }),
    },
    apply(params, score, rows, x) {
      const logit = labelMean === undefined ? score : add(score, leaf(params, 'level'));
      const plain = x ? add(logit, squeeze(linear.apply(branch(params, 'linear'), x), -1)) : logit;
      return rate ? add(plain, squeeze(mul(rows[rate.name]!, leaf(params, 'rate')), -1)) : plain;
    },
  };
}

function levelSpec(value: number): ParamSpec {
  return { shape: [1], init: { kind: 'constant', value } };
}
