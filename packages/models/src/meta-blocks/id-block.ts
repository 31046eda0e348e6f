import { alignTasks, embed, leaf } from '@limaml/core';
import { add } from '@limaml/graph';
import { featureMissing } from '../errors.js';
import { inputSpec } from './feature-embeddings.js';
import { type BlockParts, type MetaBlock, offsetSpec } from './meta-block.js';

/** Name of the table of entity vectors. */
const TABLE = 'entity';

/**
 * One learned vector per entity, no adaptation: how wide & deep models personalise. An unknown entity
 * gets the row "unseen".
 *
 * ```text
 * entity id [T] ── table [U, D] ──(+ offset [D])── e [T, D]
 * ```
 *
 * @throws LIMAML_ERR_MODELS_FEATURE_MISSING when the schema has no entity id
 */
export function idBlock(model: string, { schema, options, dim }: BlockParts): MetaBlock {
  const id = schema.features.find(({ role }) => role === 'entity-id');
  if (!id)
    throw featureMissing(
      model,
      'an entity id',
      schema.features.map(({ name }) => name),
    );
  return {
    params: { offset: offsetSpec(dim) },
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
