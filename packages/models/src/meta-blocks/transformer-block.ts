import { branch, dense, layerNorm, meanPool, transformerLayer, type Tree } from '@limaml/core';
import { add, concat, type Tensor } from '@limaml/graph';
import type { BlockParts } from '../block-parts.js';
import type { ModelOptions } from '../options.js';
import { embeddingHead } from '../parts/embedding-head.js';
import { logCount } from '../parts/log-count.js';
import { places } from '../parts/places.js';
import { signedSupportRows } from '../parts/support-rows.js';
import { type MetaBlock } from './meta-block.js';
import { profileOf } from '../parts/owned-features.js';

/**
 * The `transformer` form: a small transformer encoder over the recent interactions, which see each other and
 * know their places, the newest first.
 *
 * ```text
 * support rows [T, S, R] ── dense R → H ─┐
 * places [T, S, places] ── dense → H ────┴─ L × encoder layer [T, S, H] ── norm ── Σ over rows / (n+1) ──┐
 * log(1+n) [T, 1], entity features [T, P] ───────────────────────────────────────────────────────────────┴─ x [T, X] ── head ── e [T, D]
 * ```
 *
 * `(R + 1) H + places H + L (8 H² + 7 H) + 2 H` parameters (`rows/…`, `places/kernel`, `layers/<l>/…`,
 * `norm/…`) and those of {@link embeddingHead} with X = H + 1 + P.
 *
 * @see Vaswani et al. 2017, section 3.1; Chen et al. 2019 (BST), section 2, for interactions as rows
 * @example
 * ```ts
 * const block = transformerBlock(parts);
 * const e = block.apply(params, input);
 * ```
 */
export function transformerBlock(parts: BlockParts): MetaBlock {
  const { hidden } = parts.options;
  const [profile, rows] = [profileOf(parts), signedSupportRows(parts)];
  const lift = dense({ inputs: rows.width, outputs: hidden });
  const encoder = encoderOf(parts.options);
  const last = embeddingHead({ inputs: hidden + 1 + profile.width, hidden, dim: parts.dim });
  return {
    params: { rows: lift.params, ...encoder.params, ...last.params },
    head: last.head,
    tables: { ...profile.tables, ...rows.tables },
    inputs: { entity: profile.inputs, ...rows.inputs },
    apply(params, input) {
      const { mask } = input.support;
      const lifted = lift.apply(branch(params, 'rows'), rows.apply(input));
      const pooled = meanPool(encoder.apply(params, lifted, mask), mask, 1);
      const own = profile.apply(input.entity, input.tables);
      return last.apply(params, concat([pooled, logCount(mask), ...(own ? [own] : [])], -1));
    },
  };
}

/** Places, encoder layers and the last norm. */
function encoderOf({ hidden: width, heads, metaLayers, positions }: ModelOptions) {
  const place = dense({ inputs: positions, outputs: width, bias: false });
  const layer = transformerLayer({ width, heads });
  const norm = layerNorm({ width });
  const names = Array.from({ length: metaLayers }, (_, l) => String(l));
  return {
    params: {
      places: place.params,
      layers: Object.fromEntries(names.map((name) => [name, layer.params])),
      norm: norm.params,
    },
    apply(params: Tree<Tensor>, x: Tensor, mask: Tensor): Tensor {
      const placed = add(x, place.apply(branch(params, 'places'), places(mask, positions)));
      const layers = branch(params, 'layers');
      const deep = names.reduce((h, l) => layer.apply(branch(layers, l), h, mask), placed);
      return norm.apply(branch(params, 'norm'), deep);
    },
  };
}
