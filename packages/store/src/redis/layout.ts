import type { Connection } from './connection.js';
import { foreignServer, storeMissing } from '../errors.js';

/** Where a store keeps what, on a server that it may share with others. */
export interface Layout {
  /** Begins every key. */
  readonly prefix: string;
  /** Hashes that the vectors of a version are spread over. */
  readonly shards: number;
}

const NAME = 'limaml-meta-embeddings';

/** The last version number that was given. */
export function counterKey({ prefix }: Layout): string {
  return `${prefix}:last-version`;
}

/** What is known of the versions of an entity type. */
export function catalogueKey({ prefix }: Layout, entity: string): string {
  return `${prefix}:catalogue:${entity}`;
}

/** How far the job is that stages a version. */
export function markerKey({ prefix }: Layout, version: number): string {
  return `${prefix}:marker:${version}`;
}

/**
 * The hash with the vectors of one shard of a version, by entity id. In a cluster the hash tag, what is in
 * braces, decides which server has it, so shards are spread and those of one number lie together.
 */
export function shardKey({ prefix }: Layout, version: number, shard: number): string {
  return `${prefix}:{${shard}}:${version}`;
}

/** The shard of an id: FNV-1a over its UTF-16 units, which any client can compute again. */
export function shardOf({ shards }: Layout, id: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < id.length; at++) {
    hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193) >>> 0;
  }
  return hash % shards;
}

/** Ids by shard: positions in the list, so that rows stay where they are. */
export function groupByShard(layout: Layout, ids: readonly string[]): Map<number, number[]> {
  const groups = new Map<number, number[]>();
  ids.forEach((id, row) => {
    const shard = shardOf(layout, id);
    const group = groups.get(shard);
    if (group) group.push(row);
    else groups.set(shard, [row]);
  });
  return groups;
}

/**
 * Makes the store on the server, or finds it there.
 *
 * @param create whether to make it where there is none
 * @throws LIMAML_ERR_STORE_MISSING, LIMAML_ERR_STORE_FOREIGN, LIMAML_ERR_STORE_SERVER_FAILED
 */
export async function prepareLayout(
  connection: Connection,
  layout: Layout,
  create: boolean,
): Promise<void> {
  const key = `${layout.prefix}:format`;
  const format = JSON.stringify({ name: NAME, layout: 1, shards: layout.shards });
  if (create) await connection.send(key, ['SET', key, format, 'NX']);
  const found = await connection.send<Buffer | null>(key, ['GET', key]);
  if (!found) throw storeMissing(connection.location);
  if (found.toString() !== format)
    throw foreignServer(connection.location, key, `it holds ${found.toString().slice(0, 80)}`);
}
