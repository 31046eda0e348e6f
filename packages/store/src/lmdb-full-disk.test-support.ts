import { isLimamlError } from '@limaml/errors';
import { lmdbStore } from './index.js';

// Runs with a limit on the size of files, which a write meets like a full disk: publishes a small version,
// fails to write a large one, and goes on with a small one. Prints what happened as JSON.
process.on('SIGXFSZ', () => undefined);

const DIM = 32;
const store = await lmdbStore().open(process.env.STORE_FOLDER!);

async function publish(rows: number, value: number) {
  const writer = await store.begin({ entity: 'member', bundle: 'b', dim: DIM });
  for (let start = 0; start < rows; start += 1000) {
    const ids = Array.from({ length: 1000 }, (_, row) => `m${start + row}`);
    await writer.put(ids, new Float32Array(1000 * DIM).fill(value));
  }
  return (await writer.publish()).version;
}

async function valueInUse(): Promise<number> {
  const into = new Float32Array(DIM);
  await store.get('member', ['m5'], into);
  return into[0]!;
}

await publish(1000, 1);
const failure = await publish(50_000, 2).catch((error: unknown) => error);
const duringFailure = await valueInUse();
await publish(1000, 3);
const afterwards = await valueInUse();
await store.close();
console.log(
  JSON.stringify({ code: isLimamlError(failure) && failure.code, duringFailure, afterwards }),
);
