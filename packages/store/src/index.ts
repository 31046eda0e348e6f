export { lmdbStore } from './lmdb-store.js';
export { memoryStore } from './memory-store.js';
export type { StoreOptions } from './versioned-store.js';
