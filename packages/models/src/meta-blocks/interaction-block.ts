import { alignTasks, branch, dense, leaf, meanPool, mlp, type MetaInput } from '@limaml/core';
import { add, concat, expandDims, type Tensor } from '@limaml/graph';
import type { EncodedFeature } from '@limaml/plugin';
import { isCandidateVector } from './candidate-vector.js';
import { type FeatureEmbeddings, featureEmbeddings } from './feature-embeddings.js';
import {
  type BlockParts,
  type MetaBlock,
  offsetSpec,
  profileOf,
  tableSettings,
} from './meta-block.js';

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

/** Everything known of a support row as one vector, `[T, S, R]`. */
interface SupportRows {
  readonly width: number;
  readonly tables: MetaBlock['tables'];
  readonly inputs: Omit<MetaBlock['inputs'], 'entity'>;
  apply(input: MetaInput): Tensor;
}

function supportRows(parts: BlockParts): SupportRows {
  const { schema, candidate } = parts;
  const owned = (owner: EncodedFeature['owner']): FeatureEmbeddings => {
    const features = schema.features.filter((f) => f.owner === owner && !isCandidateVector(f));
    return featureEmbeddings(features, ['T', 'B'], tableSettings(parts));
  };
  const [rows, outcomes] = [owned('row'), owned('outcome')];
  return {
    width: candidate.width + rows.width + outcomes.width + 1,
    tables: { ...rows.tables, ...outcomes.tables },
    inputs: { rows: { ...candidate.inputs, ...rows.inputs }, outcomes: outcomes.inputs },
    apply({ support, tables }) {
      const vector = candidate.apply(support.rows, tables);
      const known = [rows.apply(support.rows, tables), outcomes.apply(support.outcomes, tables)];
      const label = expandDims(support.label, -1);
      return concat([vector, ...known.filter((part) => part !== undefined), label], -1);
    },
  };
}
