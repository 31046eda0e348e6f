import type { EventLog } from './event-log.js';
import { openLmdbEventLog } from './lmdb-event-log.js';
import { openRedisEventLog, type RedisEventLogOptions } from './redis-event-log.js';

const REDIS_ADDRESS = /^rediss?:\/\//;

/**
 * Opens the event log that a location says: `redis://` or `rediss://` on a server, anything else a folder.
 *
 * @throws as {@link openLmdbEventLog} and {@link openRedisEventLog}
 *
 * @example
 * ```ts
 * const log = await openEventLog('./events', { keep: 40 });
 * ```
 */
export function openEventLog(
  location: string,
  options: RedisEventLogOptions = {},
): Promise<EventLog> {
  return REDIS_ADDRESS.test(location)
    ? openRedisEventLog(location, options)
    : openLmdbEventLog(location, options);
}
