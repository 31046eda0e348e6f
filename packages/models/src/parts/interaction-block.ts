import { alignTasks, branch, dense, leaf, meanPool, mlp, type MetaInput } from '@limaml/core';
import { add, concat, expandDims, type Tensor } from '@limaml/graph';
import type { EncodedFeature } from '@limaml/plugin';
import { isCandidateVector } from './candidate-vector.js';
import { featureEmbeddings } from './feature-embeddings.js';
import { type BlockParts, type MetaBlock, metaFeatures, offsetSpec } from './meta-block.js';

/**
 * The `interaction` form: one row per support interaction, pooled to the embedding.
 *
 * ```text
 * [ candidate vector ; row features ; outcomes ; label ]  [T, S, R] ── MLP R → H → D ── mean over rows ──┐
 * entity features [T, P] ── dense P → D ────────────────────────────────────────────────────(+ offset)──┴─ e [T, D]
 * ```
 *
 * Without support rows the pooled part is zero: the prior is what the profile and the offset say.
 */
export function interactionBlock({ schema, options, dim, candidate }: BlockParts): MetaBlock {
  const { featureDim, wholeTableLimit, hidden } = options;
  const settings = { dim: featureDim, wholeTableLimit, prefix: 'meta' };
  const owned = (owner: string): EncodedFeature[] =>
    schema.features.filter((f) => f.owner === owner && !isCandidateVector(f));
  const profile = featureEmbeddings(metaFeatures(schema), ['T'], settings);
  const rows = featureEmbeddings(owned('row'), ['T', 'B'], settings);
  const outcomes = featureEmbeddings(owned('outcome'), ['T', 'B'], settings);
  const width = candidate.width + rows.width + outcomes.width + 1;
  const tower = mlp({ widths: [width, hidden, dim] });
  const lift = dense({ inputs: profile.width, outputs: dim, bias: false });

  const pooled = (tensors: MetaInput): Tensor[] => {
    const { support, tables } = tensors;
    const parts = [
      candidate.apply(support.rows, tables),
      rows.apply(support.rows, tables),
      outcomes.apply(support.outcomes, tables),
      expandDims(support.label, -1),
    ];
    return parts.filter((part) => part !== undefined);
  };

  return {
    params: {
      tower: tower.params,
      offset: offsetSpec(dim),
      ...(profile.width > 0 ? { profile: lift.params } : {}),
    },
    tables: { ...profile.tables, ...rows.tables, ...outcomes.tables },
    inputs: {
      entity: profile.inputs,
      rows: { ...candidate.inputs, ...rows.inputs },
      outcomes: outcomes.inputs,
    },
    apply(params, input) {
      const each = tower.apply(branch(params, 'tower'), concat(pooled(input), -1));
      const e = add(
        meanPool(each, input.support.mask, 1),
        alignTasks(leaf(params, 'offset'), 1, 2),
      );
      const x = profile.apply(input.entity, input.tables);
      return x ? add(e, lift.apply(branch(params, 'profile'), x)) : e;
    },
  };
}
