import { alignTasks, branch, dense, leaf, type ParamSpec, type Tree } from '@limaml/core';
import { add, broadcastTo, concat, type Dim, type Tensor } from '@limaml/graph';
import type { BlockParts } from '../block-parts.js';
import { attentionPooling } from '../parts/attention-pooling.js';
import { embeddingHead } from '../parts/embedding-head.js';
import { logCount } from '../parts/log-count.js';
import { signedSupportRows } from '../parts/support-rows.js';
import { type MetaBlock } from './meta-block.js';
import { profileOf } from '../parts/owned-features.js';

/**
 * The `attention` form: recent interactions, each counted as much as a small network says for a query that
 * the entity's own features give.
 *
 * ```text
 * support rows [T, S, R] ── dense R → H ── k [T, S, H] ─┐
 * entity features [T, P] ── dense P → H ── q [T, H] ────┴─ attention pooling [T, H] ─┐
 * log(1+n) [T, 1], entity features [T, P] ───────────────────────────────────────────┴─ x [T, X] ── head ── e [T, D]
 * ```
 *
 * `(R + 1) H + H + P H + (3 H + 1) H + H + 1` parameters (`rows/…`, `query/…`, `pooling/…`) and those of
 * {@link embeddingHead} with X = H + 1 + P.
 *
 * @see Zhou et al. 2018 (DIN), section 4.3, without its candidate: a meta embedding must not know it
 * @example
 * ```ts
 * const block = attentionBlock(parts);
 * const e = block.apply(params, input);
 * ```
 */
export function attentionBlock(parts: BlockParts): MetaBlock {
  const { hidden } = parts.options;
  const [profile, rows] = [profileOf(parts), signedSupportRows(parts)];
  const lift = dense({ inputs: rows.width, outputs: hidden });
  const query = entityQuery(profile.width, hidden);
  const pooling = attentionPooling(hidden);
  const last = embeddingHead({ inputs: hidden + 1 + profile.width, hidden, dim: parts.dim });
  return {
    params: {
      ...{ rows: lift.params, query: query.params, pooling: pooling.params },
      ...last.params,
    },
    head: last.head,
    tables: { ...profile.tables, ...rows.tables },
    inputs: { entity: profile.inputs, ...rows.inputs },
    apply(params, input) {
      const { mask } = input.support;
      const own = profile.apply(input.entity, input.tables);
      const q = query.apply(branch(params, 'query'), mask.shape[0]!, own);
      const k = lift.apply(branch(params, 'rows'), rows.apply(input));
      const pooled = pooling.apply(branch(params, 'pooling'), { rows: k, query: q, mask });
      return last.apply(params, concat([pooled, logCount(mask), ...(own ? [own] : [])], -1));
    },
  };
}

/** What an entity asks of its rows, `[T, H]`: learned for everybody, and moved by the profile. */
interface EntityQuery {
  readonly params: Tree<ParamSpec>;
  apply(params: Tree<Tensor>, tasks: Dim, profile?: Tensor): Tensor;
}

function entityQuery(profileWidth: number, width: number): EntityQuery {
  const lift = dense({ inputs: profileWidth, outputs: width, bias: false });
  const shared: ParamSpec = { shape: [width], init: { kind: 'normal', stddev: 0.1 } };
  return {
    params: { shared, ...(profileWidth > 0 && { profile: lift.params }) },
    apply(params, tasks, profile) {
      const start = broadcastTo(alignTasks(leaf(params, 'shared'), 1, 2), [tasks, width]);
      return profile ? add(start, lift.apply(branch(params, 'profile'), profile)) : start;
    },
  };
}
