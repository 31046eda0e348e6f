export { lmdbStore } from './lmdb-store.js';
export { memoryStore } from './memory-store.js';
export { redisStore } from './redis/redis-store.js';
export type { RedisStoreOptions } from './redis/redis-store.js';
export type { StoreOptions } from './versioned-store.js';
