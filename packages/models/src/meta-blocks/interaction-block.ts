import { alignTasks, branch, dense, leaf, meanPool, mlp } from '@limaml/core';
import { add } from '@limaml/graph';
import type { BlockParts } from '../block-parts.js';
import { supportRows } from '../parts/support-rows.js';
import { type MetaBlock, offsetSpec } from './meta-block.js';
import { profileOf } from '../parts/owned-features.js';

/**
 * The `interaction` form: one row per support interaction, pooled to the embedding.
 *
 * ```text
 * support rows [T, S, R] ── MLP R → H → D ── mean over rows ───┐
 * entity features [T, P] ── dense P → D ─────(+ offset [D])────┴─ e [T, D]
 * ```
 *
 * Without support rows the pooled part is zero: the prior is what the profile and the offset say.
 *
 * `(R + 1) H + (H + 1) D + P D + D` parameters: `tower/…`, `profile/kernel`, `offset`.
 *
 * @see Wang et al. 2024 (LiMAML), section on meta embedding generation, for an output pooled over interactions
 * @example
 * ```ts
 * const block = interactionBlock(parts);
 * const e = block.apply(params, input);
 * ```
 */
export function interactionBlock(parts: BlockParts): MetaBlock {
  const { dim, options } = parts;
  const profile = profileOf(parts);
  const rows = supportRows(parts);
  const tower = mlp({ widths: [rows.width, options.hidden, dim] });
  const lift = dense({ inputs: profile.width, outputs: dim, bias: false });
  return {
    params: {
      ...{ tower: tower.params, offset: offsetSpec(dim) },
      ...(profile.width > 0 && { profile: lift.params }),
    },
    head: ['offset', 'tower/layers/1'],
    tables: { ...profile.tables, ...rows.tables },
    inputs: { entity: profile.inputs, ...rows.inputs },
    apply(params, input) {
      const each = tower.apply(branch(params, 'tower'), rows.apply(input));
      const pooled = meanPool(each, input.support.mask, 1);
      const e = add(pooled, alignTasks(leaf(params, 'offset'), 1, 2));
      const x = profile.apply(input.entity, input.tables);
      return x ? add(e, lift.apply(branch(params, 'profile'), x)) : e;
    },
  };
}
