import {
  alignTasks,
  branch,
  leaf,
  meanPool,
  type MetaInput,
  type ParamSpec,
  rootSumPool,
} from '@limaml/core';
import { add, concat, expandDims, mul, pad, slice, type Tensor } from '@limaml/graph';
import type { BlockParts } from '../block-parts.js';
import { embeddingHead } from '../parts/embedding-head.js';
import { inputSpec } from '../parts/feature-embeddings.js';
import { type HistoryFoldIn, historyFoldIn } from '../parts/history-fold-in.js';
import { logCount } from '../parts/log-count.js';
import { surprise } from '../parts/support-rows.js';
import { type MetaBlock } from './meta-block.js';
import { profileOf } from '../parts/owned-features.js';

/** Pseudo-rows that draw the statistics of few rows to zero. */
const SHRINKAGE = 3;

/** From factors of an outcome of variance 1 to logits of its being above a bound: 1.7 / (1 − R²)^½. */
const GAIN = 2;

/**
 * The `history` form: the recent interactions *with their outcomes* as sums of candidate vectors, signed
 * by how much better or worse each went than its candidate's rate, and, where candidates have fitted
 * factors, as the vector m that explains them best ({@link historyFoldIn}).
 *
 * ```text
 * signals c [T, S, C]: 1, label − σ(candidate's rate), dense outcomes
 * Σ_s c_s v_s / √(n+1)  [T, C·M] ┐
 * Σ_s c_s / (n+3)       [T, C]   │
 * log(1+n)              [T, 1]   ├─ x [T, X] ── MLP X → H → D + dense X → D ─┐
 * entity features       [T, P]   │                                           │
 * fold-in m             [T, M]   ┘── [ 0 ; gain ⊙ m ] ───────(+ offset [D])──┴─ e [T, D]
 * ```
 *
 * `(X + 1) H + (H + 1) D + X D + D` parameters ({@link embeddingHead}), X = C (M + 1) + 1 + P; with a fold-in
 * X is M wider and there are `M + 1 + C + P M + M` more: `foldIn/…`, `gain`.
 *
 * @see Koren 2008 (SVD++), eq. (15), for sums of item vectors as a user vector
 * @example
 * ```ts
 * const block = historyBlock(parts);
 * const e = block.apply(params, input);
 * ```
 */
export function historyBlock(parts: BlockParts): MetaBlock {
  const { options, dim, candidate } = parts;
  const profile = profileOf(parts);
  const summary = historySummary(parts);
  const folded = foldInOf(parts, profile.width);
  const width = summary.width + profile.width + (folded ? candidate.width : 0);
  const last = embeddingHead({ inputs: width, hidden: options.hidden, dim });
  return {
    params: {
      ...last.params,
      ...(folded && { foldIn: folded.params, gain: gainSpec(candidate.width) }),
    },
    head: [...last.head, ...(folded ? ['gain'] : [])],
    tables: { ...candidate.tables, ...profile.tables },
    inputs: {
      entity: profile.inputs,
      rows: { ...candidate.inputs, ...summary.rows, ...folded?.rows },
      outcomes: summary.outcomes,
    },
    apply(params, input) {
      const vectors = candidate.apply(input.support.rows, input.tables);
      const own = profile.apply(input.entity, input.tables);
      const m = folded?.apply(branch(params, 'foldIn'), input, vectors, own);
      const x = concat([...summary.apply(input, vectors), ...[own, m].filter(isTensor)], -1);
      const e = last.apply(params, x);
      // The bias of the score, e's first number, has no counterpart in m.
      return m ? add(e, pad(mul(m, alignTasks(leaf(params, 'gain'), 1, 2)), 1, 1, 0)) : e;
    },
  };
}

const isTensor = (part: Tensor | undefined): part is Tensor => part !== undefined;

function gainSpec(width: number): ParamSpec {
  return { shape: [width], init: { kind: 'constant', value: GAIN } };
}

/** The fold-in, where candidates have factors that a history can be folded into. */
function foldInOf(
  { schema, options, candidate }: BlockParts,
  profileWidth: number,
): HistoryFoldIn | undefined {
  const steps = options.foldInSteps;
  if (!candidate.fitted || steps === 0) return undefined;
  return historyFoldIn(schema, { width: candidate.width, profileWidth, steps });
}

/** Sums and means over the support set, `[T, C·M]`, `[T, C]` and `[T, 1]`. */
interface HistorySummary {
  readonly width: number;
  readonly rows: MetaBlock['inputs']['rows'];
  readonly outcomes: MetaBlock['inputs']['outcomes'];
  apply(input: MetaInput, vectors: Tensor): Tensor[];
}

function historySummary({ schema, candidate }: BlockParts): HistorySummary {
  const rate = schema.features.find(({ role }) => role === 'candidate-rate');
  const outcomes = schema.features.filter((f) => f.owner === 'outcome' && f.kind === 'dense');
  const signalWidth = outcomes.reduce((total, { width }) => total + width, 2);
  return {
    width: signalWidth * (candidate.width + 1) + 1,
    rows: rate ? { [rate.name]: inputSpec(rate, ['T', 'B']) } : {},
    outcomes: Object.fromEntries(outcomes.map((f) => [f.name, inputSpec(f, ['T', 'B'])])),
    apply({ support }, vectors) {
      const known = outcomes.map(({ name }) => support.outcomes[name]!);
      const signals = concat(
        [expandDims(support.mask, -1), surprise(schema, support), ...known],
        -1,
      );
      return [
        rootSumPool(outerProduct(signals, vectors), support.mask),
        meanPool(signals, support.mask, SHRINKAGE),
        logCount(support.mask),
      ];
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
