import { branch, mlp } from '@limaml/core';
import { add } from '@limaml/graph';
import type { BlockParts } from '../block-parts.js';
import { type MetaBlock, offsetSpec, taskOffset } from './meta-block.js';
import { profileOf } from '../parts/owned-features.js';

/**
 * The `entity` form: one row per task, an MLP over the entity's own features.
 *
 * ```text
 * entity features [T, P] ── MLP P → H → D ──(+ offset [D])── e [T, D]
 * ```
 *
 * `(P + 1) H + (H + 1) D + D` parameters: `tower/…`, `offset`; D without a profile.
 *
 * @see Wang et al. 2024 (LiMAML), figure 1: an MLP as the meta block
 * @example
 * ```ts
 * const block = entityBlock(parts);
 * const e = block.apply(params, input);
 * ```
 */
export function entityBlock(parts: BlockParts): MetaBlock {
  const { dim, options } = parts;
  const profile = profileOf(parts);
  const tower = mlp({ widths: [profile.width, options.hidden, dim] });
  const offset = offsetSpec(dim);
  return {
    params: profile.width > 0 ? { tower: tower.params, offset } : { offset },
    head: profile.width > 0 ? ['offset', 'tower/layers/1'] : ['offset'],
    tables: profile.tables,
    inputs: { entity: profile.inputs, rows: {}, outcomes: {} },
    apply(params, input) {
      const x = profile.apply(input.entity, input.tables);
      const shared = taskOffset(params, input, dim);
      return x ? add(tower.apply(branch(params, 'tower'), x), shared) : shared;
    },
  };
}
