import {
  alignTasks,
  branch,
  dense,
  leaf,
  meanPool,
  type MetaInput,
  mlp,
  rootSumPool,
} from '@limaml/core';
import {
  add,
  concat,
  expandDims,
  log,
  mul,
  sigmoid,
  slice,
  sub,
  sum,
  type Tensor,
} from '@limaml/graph';
import { featureEmbeddings, inputSpec } from './feature-embeddings.js';
import { type BlockParts, type MetaBlock, metaFeatures, offsetSpec } from './meta-block.js';

/** Pseudo-rows that draw the statistics of few rows to zero. */
const SHRINKAGE = 3;

/**
 * The `history` form: the recent interactions *with their outcomes* as sums of candidate vectors, signed
 * by how much better or worse each went than its candidate's rate.
 *
 * ```text
 * signals c [T, S, C]: label − σ(candidate's rate), dense outcomes
 * Σ_s c_s v_s / √(n+1)  [T, C·M] ┐
 * Σ_s c_s / (n+3)       [T, C]   ├─ x [T, X] ── MLP X → H → D + dense X → D (+ offset [D]) ── e [T, D]
 * log(1+n)              [T, 1]   │
 * entity features       [T, P]   ┘
 * ```
 *
 * @see Koren 2008 (SVD++), eq. (15), for sums of item vectors as a user vector
 */
export function historyBlock({ schema, options, dim, candidate }: BlockParts): MetaBlock {
  const { featureDim, wholeTableLimit, hidden } = options;
  const settings = { dim: featureDim, wholeTableLimit, prefix: 'meta' };
  const profile = featureEmbeddings(metaFeatures(schema), ['T'], settings);
  const rate = schema.features.find(({ role }) => role === 'candidate-rate');
  const outcomes = schema.features.filter((f) => f.owner === 'outcome' && f.kind === 'dense');
  const signalWidth = outcomes.reduce((total, { width }) => total + width, 1);
  const width = signalWidth * (candidate.width + 1) + 1 + profile.width;
  const tower = mlp({ widths: [width, hidden, dim] });
  const skip = dense({ inputs: width, outputs: dim, bias: false });

  const history = ({ support, tables }: MetaInput): Tensor[] => {
    const expected = rate ? sigmoid(support.rows[rate.name]!) : 0.5;
    const surprise = sub(expandDims(support.label, -1), expected);
    const signals = concat([surprise, ...outcomes.map((f) => support.outcomes[f.name]!)], -1);
    const vectors = candidate.apply(support.rows, tables);
    return [
      rootSumPool(outerProduct(signals, vectors), support.mask),
      meanPool(signals, support.mask, SHRINKAGE),
      log(add(sum(support.mask, { axes: [1], keepDims: true }), 1)),
    ];
  };

  return {
    params: { tower: tower.params, skip: skip.params, offset: offsetSpec(dim) },
    tables: profile.tables,
    inputs: {
      entity: profile.inputs,
      rows: { ...candidate.inputs, ...(rate && { [rate.name]: inputSpec(rate, ['T', 'B']) }) },
      outcomes: Object.fromEntries(outcomes.map((f) => [f.name, inputSpec(f, ['T', 'B'])])),
    },
    apply(params, input) {
      const own = profile.apply(input.entity, input.tables);
      const x = concat(own ? [...history(input), own] : history(input), -1);
      const deep = tower.apply(branch(params, 'tower'), x);
      const e = add(deep, skip.apply(branch(params, 'skip'), x));
      return add(e, alignTasks(leaf(params, 'offset'), 1, 2));
    },
  };
}

/** Every signal times the vector of its row: `[T, S, C]`, `[T, S, M]` → `[T, S, C·M]`. */
function outerProduct(signals: Tensor, vectors: Tensor): Tensor {
  const count = signals.shape[2] as number;
  const one = (c: number): Tensor => mul(slice(signals, 2, c, c + 1), vectors);
  return concat(
    Array.from({ length: count }, (_, c) => one(c)),
    -1,
  );
}
