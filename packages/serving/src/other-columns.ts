import { tableRecord, type EncodedColumn, type EncodedLog } from '@limaml/data';
import type { EntityTable, InteractionLog, MetaEmbeddingStore } from '@limaml/plugin';
import { embeddingFeature } from './embedding-feature.js';
import { readVectors, UNKNOWN, type WantedEntity } from './entity-vectors.js';
import type { Bundle } from './open-bundle.js';

/** Adds to an encoded log what its rows read of other entity types. */
export type OtherColumns = (log: InteractionLog, encoded: EncodedLog) => Promise<EncodedLog>;

/** Entities whose embeddings are read at once. */
const ENTITIES_AT_ONCE = 4096;

/**
 * Makes what adds a column `row.embedding.<type>` for each other entity type of a joint model: the embeddings that
 * the store holds now, and priors for entities that it lacks. Rows without an entity of the type read the prior on
 * default features.
 *
 * Embeddings are kept with the table of their entities, which the parts of a log share.
 */
export function createOtherColumns(bundle: Bundle, store: MetaEmbeddingStore): OtherColumns {
  const others = Object.entries(bundle.others);
  const kept = new WeakMap<EntityTable, Promise<Float32Array>>();
  const vectorsOf = (seen: Bundle, table: EntityTable): Promise<Float32Array> => {
    const known = kept.get(table) ?? readTable(seen, store, table);
    kept.set(table, known);
    return known;
  };
  return async (log, encoded) => {
    if (others.length === 0) return encoded;
    const columns = { ...encoded.columns };
    for (const [type, seen] of others) {
      const table = log.entities[type]!;
      const column = columnOf(type, await vectorsOf(seen, table), table, log.refs[type]!);
      columns[column.feature.name] = column;
    }
    return { ...encoded, columns, schema: Object.values(columns).map(({ feature }) => feature) };
  };
}

function columnOf(
  type: string,
  data: Float32Array,
  { ids }: EntityTable,
  refs: Int32Array,
): EncodedColumn {
  const width = data.length / (ids.length + 1);
  const name = embeddingFeature(type);
  return {
    feature: { name, owner: 'row', kind: 'dense', width, size: 0, vocabulary: '' },
    ...{ data, stride: width },
    index: refs.map((ref) => (ref < 0 ? ids.length : ref)),
  };
}

/** Embeddings of all entities of a table, that of unknown ones last: `[entities + 1, D]`. */
async function readTable(
  seen: Bundle,
  store: MetaEmbeddingStore,
  table: EntityTable,
): Promise<Float32Array> {
  const { dim } = seen.manifest.embedding;
  const count = table.ids.length + 1;
  const data = new Float32Array(count * dim);
  for (let start = 0; start < count; start += ENTITIES_AT_ONCE) {
    const end = Math.min(count, start + ENTITIES_AT_ONCE);
    const wanted = Array.from({ length: end - start }, (_, at) => entityAt(table, start + at));
    const { vectors } = await readVectors(seen, store, wanted, 'lenient');
    data.set(vectors, start * dim);
  }
  return data;
}

function entityAt({ ids, table }: EntityTable, at: number): WantedEntity {
  const entity = ids[at];
  if (entity === undefined) return { entity: UNKNOWN };
  return {
    entity,
    // Most are found in the store, and need no features.
    get profile() {
      return tableRecord(table, at);
    },
  };
}
