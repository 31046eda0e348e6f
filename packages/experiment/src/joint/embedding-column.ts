import { momentsUntil, type EncodedColumn } from '@limaml/data';
import type { EntityData } from './entity-data.js';

/**
 * The embeddings of one entity type as a feature of the rows of a log, as a store would have held them when the
 * row was scored. `data` has one block per snapshot, each with an entry per task of the type (unknown ones last):
 * block 0 holds prior embeddings, block k those made at moment k.
 */
export interface EmbeddingColumn extends EncodedColumn {
  readonly data: Float32Array;
  /** Entries of a block. */
  readonly entities: number;
}

/**
 * Makes the column `row.embedding.<type>`, filled with zeros. Each row reads the last snapshot made at or before its
 * own timestamp, which holds interactions *strictly before* that moment: neither the row's own label nor anything
 * later has a way into it.
 *
 * @param moments milliseconds since 1970, ascending
 * @param timestamp of each row of the log
 */
export function createEmbeddingColumn(
  { type, tasks, taskOf }: Pick<EntityData, 'type' | 'tasks' | 'taskOf'>,
  dim: number,
  moments: readonly number[],
  timestamp: Float64Array,
): EmbeddingColumn {
  const entities = tasks.taskIds.length;
  const name = `row.embedding.${type}`;
  return {
    feature: { name, owner: 'row', kind: 'dense', width: dim, size: 0, vocabulary: '' },
    data: new Float32Array((moments.length + 1) * entities * dim),
    stride: dim,
    index: taskOf.map((task, row) => momentsUntil(moments, timestamp[row]!) * entities + task),
    entities,
  };
}

/**
 * Moments spread over a log so that about as many interactions lie between each two.
 *
 * @param rows the interactions that snapshots are made from
 */
export function spreadMoments(
  timestamp: Float64Array,
  rows: Uint8Array,
  count: number,
): readonly number[] {
  const times = timestamp.filter((_, row) => rows[row] === 1).sort();
  const places = Array.from({ length: count }, (_, at) =>
    Math.floor(((at + 1) * times.length) / (count + 1)),
  );
  return [...new Set(places.map((place) => times[place]!))];
}
