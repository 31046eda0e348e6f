import { expect, it } from 'vitest';
import { z } from 'zod';
import { BUNDLE_FORMAT, manifestSchema } from './manifest.js';

const FILE = new URL('../schema/bundle-manifest.schema.json', import.meta.url);

// After a change of the manifest: npm test -- --project serving manifest-schema -u
it('the published JSON schema of the manifest is that of the code', async () => {
  const schema = {
    $id: 'https://github.com/limaml/limaml/blob/main/packages/serving/schema/bundle-manifest.schema.json',
    title: `Manifest of a LiMAML bundle, format ${BUNDLE_FORMAT}`,
    ...z.toJSONSchema(manifestSchema),
  };
  await expect(`${JSON.stringify(schema, undefined, 2)}\n`).toMatchFileSnapshot(FILE.pathname);
});
