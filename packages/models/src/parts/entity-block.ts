import { alignTasks, branch, leaf, type MetaInput, mlp, type Tree } from '@limaml/core';
import { add, broadcastTo, type Tensor } from '@limaml/graph';
import { featureEmbeddings } from './feature-embeddings.js';
import { type BlockParts, type MetaBlock, metaFeatures, offsetSpec } from './meta-block.js';

/**
 * The `entity` form: one row per task, an MLP over the entity's own features.
 *
 * ```text
 * entity features [T, P] ── MLP P → H → D ──(+ offset [D])── e [T, D]
 * ```
 */
export function entityBlock({ schema, options, dim }: BlockParts): MetaBlock {
  const { featureDim, wholeTableLimit, hidden } = options;
  const settings = { dim: featureDim, wholeTableLimit, prefix: 'meta' };
  const profile = featureEmbeddings(metaFeatures(schema), ['T'], settings);
  const tower = mlp({ widths: [profile.width, hidden, dim] });
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
