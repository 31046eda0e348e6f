import {
  alignTasks,
  branch,
  dense,
  leaf,
  type MetaInput,
  type ParamSpec,
  type Tree,
} from '@limaml/core';
import { add, concat, expandDims, mul, squeeze, sub, sum, type Tensor } from '@limaml/graph';
import type { FeatureSchema } from '@limaml/plugin';
import { foldIn } from './fold-in.js';
import { inputSpec } from './feature-embeddings.js';
import type { MetaBlock } from './meta-block.js';

/** Folds an entity's history into the factors of the candidates. */
export interface HistoryFoldIn {
  readonly params: Tree<ParamSpec>;
  readonly rows: MetaBlock['inputs']['rows'];
  /** m, `[T, M]`. */
  apply(params: Tree<Tensor>, input: MetaInput, vectors: Tensor, profile?: Tensor): Tensor;
}

/** What {@link historyFoldIn} is made from. */
export interface HistoryFoldInOptions {
  /** Width M of candidate vectors. */
  readonly width: number;
  /** Width P of the embedded profile. */
  readonly profileWidth: number;
  readonly steps: number;
}

/**
 * {@link foldIn} of the support set: what its outcomes say beyond the candidates' means.
 *
 * ```text
 * response x = Σ_c w_c outcome_c + w_y (2y − 1) + c − μ   [T, S]
 * prior m₀ = profile · B                                   [T, M]
 * ```
 *
 * w, c and B are learned, from the mean of the outcomes (the label where there are none) and zeros.
 */
export function historyFoldIn(
  { features }: FeatureSchema,
  { width, profileWidth, steps }: HistoryFoldInOptions,
): HistoryFoldIn {
  const outcomes = features.filter((f) => f.owner === 'outcome' && f.kind === 'dense');
  const mean = features.find(({ role }) => role === 'candidate-factor-mean');
  const solver = foldIn(width, steps);
  const signals = outcomes.reduce((total, f) => total + f.width, 0);
  const prior = dense({
    inputs: profileWidth,
    outputs: width,
    bias: false,
    init: { kind: 'zeros' },
  });
  return {
    params: {
      solver: solver.params,
      label: { shape: [1], init: { kind: 'constant', value: signals > 0 ? 0 : 1 } },
      level: { shape: [1], init: { kind: 'zeros' } },
      ...(signals > 0 && {
        outcomes: { shape: [signals], init: { kind: 'constant', value: 1 / signals } },
      }),
      ...(profileWidth > 0 && { prior: prior.params }),
    },
    rows: mean ? { [mean.name]: inputSpec(mean, ['T', 'B']) } : {},
    apply(params, { support }, vectors, profile) {
      const weight = (name: string): Tensor => alignTasks(leaf(params, name), 1, 2);
      const sign = sub(mul(support.label, 2), 1);
      const fromLabel = add(mul(sign, weight('label')), weight('level'));
      const target = signals > 0 ? add(fromLabel, outcomeSum()) : fromLabel;
      const centred = mean ? sub(target, squeeze(support.rows[mean.name]!, -1)) : target;
      const input = { vectors, target: centred, mask: support.mask };
      return solver.apply(
        branch(params, 'solver'),
        profile ? { ...input, prior: prior.apply(branch(params, 'prior'), profile) } : input,
      );

      function outcomeSum(): Tensor {
        const values = concat(
          outcomes.map(({ name }) => support.outcomes[name]!),
          -1,
        );
        return sum(mul(values, expandDims(weight('outcomes'), 1)), { axes: [-1] });
      }
    },
  };
}
