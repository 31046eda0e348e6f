import { branch, dense, type MetaInput, type ParamSpec, type Tree } from '@limaml/core';
import type { Tensor } from '@limaml/graph';
import type { FeatureSchema } from '@limaml/plugin';
import { foldIn } from './fold-in.js';
import type { MetaBlock } from '../meta-blocks/meta-block.js';
import { response } from './response.js';

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
 * {@link foldIn} of the support set: the vector that explains its {@link response}s best, drawn to what
 * the profile says: $m_0 = \text{profile} \cdot B$, with B learned from zeros.
 */
export function historyFoldIn(
  schema: FeatureSchema,
  { width, profileWidth, steps }: HistoryFoldInOptions,
): HistoryFoldIn {
  const target = response(schema);
  const solver = foldIn(width, steps);
  const zeros = { kind: 'zeros' } as const;
  const prior = dense({ inputs: profileWidth, outputs: width, bias: false, init: zeros });
  return {
    params: {
      ...{ response: target.params, solver: solver.params },
      ...(profileWidth > 0 && { prior: prior.params }),
    },
    rows: target.rows,
    apply(params, { support }, vectors, profile) {
      const x = target.apply(branch(params, 'response'), support);
      const input = { vectors, target: x, mask: support.mask };
      const drawnTo = profile && { prior: prior.apply(branch(params, 'prior'), profile) };
      return solver.apply(branch(params, 'solver'), { ...input, ...drawnTo });
    },
  };
}
