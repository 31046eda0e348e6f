import { lmdbStore, redisStore } from './index.js';

// Publishes version after version, each with one value in all vectors, until it is killed.
const IDS = Array.from({ length: 500 }, (_, index) => `m${index}`);
const { STORE: name, STORE_LOCATION: location } = process.env;
const plugin = name === 'redis' ? redisStore({ shards: 8 }) : lmdbStore();
const store = await plugin.open(location!);

for (;;) {
  const value = ((await store.current('member'))?.version ?? 0) + 1;
  const writer = await store.begin({ entity: 'member', bundle: `b${value}`, dim: 8 });
  for (let start = 0; start < IDS.length; start += 100) {
    const ids = IDS.slice(start, start + 100);
    await writer.put(ids, new Float32Array(ids.length * 8).fill(value));
  }
  await writer.publish();
  process.send?.(value);
}
