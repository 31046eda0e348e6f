export { lmdbStore } from './lmdb-store.js';
export { memoryStore } from './memory-store.js';
export { redisStore } from './redis/redis-store.js';
export type { RedisStoreOptions } from './redis/redis-store.js';
export type { StoreOptions } from './versioned-store.js';
export type {
  EntityEvent,
  EventLog,
  EventLogOptions,
  EventLogStatistics,
  EventWindow,
  Json,
  PendingEntity,
} from './event-log/event-log.js';
export { openEventLog } from './event-log/open-event-log.js';
export { openLmdbEventLog } from './event-log/lmdb-event-log.js';
export { openRedisEventLog } from './event-log/redis-event-log.js';
export type { RedisEventLogOptions } from './event-log/redis-event-log.js';
export { openEventStream } from './event-log/event-stream.js';
export type { EventStream, EventStreamOptions, StreamEntry } from './event-log/event-stream.js';
