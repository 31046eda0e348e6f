import { testExecutor } from '@limaml/plugin/testing';
import { describe, it } from 'vitest';
import { BACKENDS } from './backends.test-support.js';

describe('the executor conforms on', () => {
  for (const { title, executor } of BACKENDS) {
    // The reporter leaves the titles of skipped tests out.
    if (!executor) console.warn(title);
    it.skipIf(!executor)(title, async () => {
      await testExecutor(executor!);
    });
  }
});
