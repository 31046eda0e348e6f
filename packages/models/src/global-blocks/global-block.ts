import {
  branch,
  type Model,
  type ParamSpec,
  type ScoreInput,
  type TargetSpec,
  type Tree,
} from '@limaml/core';
import { add, concat, expandDims, type Tensor } from '@limaml/graph';
import type { BlockParts } from '../block-parts.js';
import { featureMissing } from '../errors.js';
import type { TargetOption } from '../options.js';
import { inputSpec } from '../parts/feature-embeddings.js';
import { targetHeads } from '../parts/target-heads.js';
import type { TowerOutput } from '../parts/tower.js';

/** A global block g: meta embedding and row features to logits. */
export type GlobalBlock = Pick<Model, 'tables' | 'noise' | 'score' | 'targets' | 'scoreTargets'> & {
  readonly inputs: {
    readonly rows: Model['inputs']['rows'];
    /** Outcomes that are labels: see `targets`. */
    readonly outcomes: Model['inputs']['outcomes'];
  };
  readonly params: Tree<ParamSpec>;
};

/** What distinguishes one global block from another. */
export interface GlobalBody extends Pick<Model, 'tables' | 'noise'> {
  readonly rows: Model['inputs']['rows'];
  readonly params: Tree<ParamSpec>;
  /** Width H of the hidden layer that target heads read. */
  readonly hiddenWidth: number;
  apply(params: Tree<Tensor>, input: ScoreInput): TowerOutput;
}

/**
 * A global block from its body: the body's logit is the score, and each further label has a head over the
 * body's hidden layer.
 *
 * ```text
 * e [T, D], rows [T, B, …] ── body ─┬─ logit [T, B]
 *                                   └─ hidden [T, B, H] ── heads ── one [T, B] per target
 * ```
 *
 * The body's parameters and `H + 1` per target, `targets/<name>/…`.
 *
 * @throws LIMAML_ERR_MODELS_FEATURE_MISSING when a target's outcome is not in the schema
 */
export function globalBlock(parts: BlockParts, body: GlobalBody): GlobalBlock {
  const { targets } = parts.options;
  const { tables, noise } = body;
  const heads = targetHeads(
    body.hiddenWidth,
    targets.map(({ name }) => name),
  );
  const score = (params: Tree<Tensor>, input: ScoreInput): Tensor =>
    body.apply(params, input).logit;
  const plain = { tables, noise, score, params: body.params };
  if (targets.length === 0) return { ...plain, inputs: { rows: body.rows, outcomes: {} } };
  return {
    ...plain,
    inputs: { rows: body.rows, outcomes: targetInputs(parts) },
    params: { ...body.params, targets: heads.params },
    targets: Object.fromEntries(targets.map((target) => [target.name, targetSpec(target)])),
    scoreTargets: (params, input) =>
      heads.apply(branch(params, 'targets'), body.apply(params, input).hidden),
  };
}

function targetSpec({ outcome, loss, weight }: TargetOption): TargetSpec {
  return { outcome, loss: loss ?? 'binary-cross-entropy', weight: weight ?? 1 };
}

function targetInputs({ model, schema, options }: BlockParts): Model['inputs']['outcomes'] {
  const outcomes = schema.features.filter((f) => f.owner === 'outcome' && f.kind === 'dense');
  const names = outcomes.map(({ name }) => name);
  return Object.fromEntries(
    options.targets.map(({ outcome }) => {
      const feature = outcomes.find(({ name, width }) => name === outcome && width === 1);
      if (!feature) throw featureMissing(model, `a dense outcome "${outcome}" of width 1`, names);
      return [outcome, inputSpec(feature, ['T', 'B'])];
    }),
  );
}

/** Adds a score `[T, B]` or `[T, 1]` to what a tower gives; target heads see the sum, too. */
export function withScore(score: Tensor, { logit, hidden }: TowerOutput): TowerOutput {
  const total = add(logit, score);
  return { logit: total, hidden: concat([hidden, expandDims(total, -1)], -1) };
}
