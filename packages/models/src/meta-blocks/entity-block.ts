import { alignTasks, branch, leaf, type MetaInput, mlp, type Tree } from '@limaml/core';
import { add, broadcastTo, type Tensor } from '@limaml/graph';
import { type BlockParts, type MetaBlock, offsetSpec, profileOf } from './meta-block.js';

/**
 * The `entity` form: one row per task, an MLP over the entity's own features.
 *
 * ```text
 * entity features [T, P] ── MLP P → H → D ──(+ offset [D])── e [T, D]
 * ```
 */
export function entityBlock(parts: BlockParts): MetaBlock {
  const { dim, options } = parts;
  const profile = profileOf(parts);
  const tower = mlp({ widths: [profile.width, options.hidden, dim] });
  const offset = offsetSpec(dim);
  return {
    params: profile.width > 0 ? { tower: tower.params, offset } : { offset },
    tables: profile.tables,
    inputs: { entity: profile.inputs, rows: {}, outcomes: {} },
    apply(params, input) {
      const x = profile.apply(input.entity, input.tables);
      const shared = taskOffset(params, input, dim);
      return x ? add(tower.apply(branch(params, 'tower'), x), shared) : shared;
    },
  };
}

/** The offset as one row per task, `[T, D]`. */
function taskOffset(params: Tree<Tensor>, { support }: MetaInput, dim: number): Tensor {
  const offset = alignTasks(leaf(params, 'offset'), 1, 2);
  return broadcastTo(offset, [support.mask.shape[0]!, dim]);
}
