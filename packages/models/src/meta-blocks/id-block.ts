import { alignTasks, embed, leaf } from '@limaml/core';
import { add } from '@limaml/graph';
import type { BlockParts } from '../block-parts.js';
import { featureMissing } from '../errors.js';
import { inputSpec } from '../parts/feature-embeddings.js';
import { type MetaBlock, offsetSpec } from './meta-block.js';

/** Name of the table of entity vectors. */
const TABLE = 'entity';

/**
 * The `id` form: one learned vector per entity, how wide & deep models personalise. An unknown entity gets
 * the row "unseen". What adapts, if anything, is the offset: fine-tuned IDs.
 *
 * ```text
 * entity id [T] ── table [U, D] ──(+ offset [D])── e [T, D]
 * ```
 *
 * D parameters, `offset`, and a table of D numbers per entity.
 *
 * @throws LIMAML_ERR_MODELS_FEATURE_MISSING when the schema has no entity id
 * @see Cheng et al. 2016 (Wide & Deep), section 3.2
 * @example
 * ```ts
 * const block = idBlock(parts);
 * const e = block.apply(params, input);
 * ```
 */
export function idBlock({ model, schema, options, dim }: BlockParts): MetaBlock {
  const id = schema.features.find(({ role }) => role === 'entity-id');
  if (!id)
    throw featureMissing(
      model,
      'an entity id',
      schema.features.map(({ name }) => name),
    );
  return {
    params: { offset: offsetSpec(dim) },
    head: ['offset'],
    tables: {
      [TABLE]: {
        vocabulary: id.vocabulary,
        rows: id.size,
        dim,
        init: { kind: 'normal', stddev: 0.01 },
        feed: id.size > options.wholeTableLimit ? 'rows' : 'whole',
      },
    },
    inputs: { entity: { [id.name]: inputSpec(id, ['T']) }, rows: {}, outcomes: {} },
    apply: (params, { entity, tables }) =>
      add(embed(tables[TABLE]!, entity[id.name]!), alignTasks(leaf(params, 'offset'), 1, 2)),
  };
}
