import { createOrtExecutor } from '@limaml/backend-ort';
import { memberEntity } from '@limaml/entity-member';
import { lmdbStore, redisStore } from '@limaml/store';
import { once } from 'node:events';
import { generateEmbeddings } from './generate-embeddings.js';
import { manyMembers } from './many-members.test-support.js';
import { openBundle } from './open-bundle.js';

// A generation that is resumable, and that says where it is, until somebody kills it.
const { BUNDLE, STORE } = process.env;
const runtime = await createOrtExecutor();
const bundle = await openBundle(BUNDLE!, { runtime });
const parts = await manyMembers();
process.send?.('ready');
await once(process, 'message');

const plugin = STORE!.startsWith('redis:') ? redisStore({ shards: 8 }) : lmdbStore();
const store = await plugin.open(STORE!);
const onProgress = ({ done, total }: { readonly done: number; readonly total: number }): void => {
  if (done === total) process.send?.('last');
};
const entity = memberEntity();
const { resumed } = await generateEmbeddings({
  ...{ parts, entity, bundle, store, resume: true, onProgress },
});
await store.close();
process.send?.(`published ${resumed}`);
process.disconnect();
await parts.close();
await runtime.dispose();
