import { branch, dense, type Layer, layerNorm, residualMlp, type Tree } from '@limaml/core';
import { add, type Tensor } from '@limaml/graph';
import type { BlockParts } from '../block-parts.js';
import { type MetaBlock, offsetSpec, taskOffset } from './meta-block.js';
import { profileOf } from '../parts/owned-features.js';

/**
 * The `residual` form: one row per task, an MLP with residual connections and layer norm over the entity's
 * own features.
 *
 * ```text
 * entity features [T, P] ── dense P → H ── L × residual block H ── norm ── dense H → D ──(+ offset [D])── e [T, D]
 * ```
 *
 * `(P + 1) H + L (4 H² + 5 H) + 2 H + (H + 1) D + D` parameters: `input/…`, `blocks/<l>/…`, `norm/…`,
 * `output/…`, `offset`; D without a profile. H is the option `hidden`, L is `metaLayers`.
 *
 * @see Gorishniy et al. 2021 (ResNet for tables), section 3.2
 * @example
 * ```ts
 * const block = residualBlock(parts);
 * const e = block.apply(params, input);
 * ```
 */
export function residualBlock(parts: BlockParts): MetaBlock {
  const { dim, options } = parts;
  const profile = profileOf(parts);
  const tower = residualTower([profile.width, options.hidden, dim], options.metaLayers);
  const offset = offsetSpec(dim);
  return {
    params: profile.width > 0 ? { ...tower.params, offset } : { offset },
    head: profile.width > 0 ? ['offset', 'output'] : ['offset'],
    tables: profile.tables,
    inputs: { entity: profile.inputs, rows: {}, outcomes: {} },
    apply(params, input) {
      const x = profile.apply(input.entity, input.tables);
      const shared = taskOffset(params, input, dim);
      return x ? add(tower.apply(params, x), shared) : shared;
    },
  };
}

/** Dense, residual blocks, norm, dense. */
function residualTower(
  [inputs, width, outputs]: readonly [inputs: number, width: number, outputs: number],
  depth: number,
): Layer {
  const [first, last] = [dense({ inputs, outputs: width }), dense({ inputs: width, outputs })];
  const [block, norm] = [residualMlp({ width }), layerNorm({ width })];
  const names = Array.from({ length: depth }, (_, l) => String(l));
  return {
    params: {
      input: first.params,
      blocks: Object.fromEntries(names.map((name) => [name, block.params])),
      ...{ norm: norm.params, output: last.params },
    },
    apply(params: Tree<Tensor>, x: Tensor): Tensor {
      const start = first.apply(branch(params, 'input'), x);
      const blocks = branch(params, 'blocks');
      const deep = names.reduce((h, name) => block.apply(branch(blocks, name), h), start);
      return last.apply(branch(params, 'output'), norm.apply(branch(params, 'norm'), deep));
    },
  };
}
