import { defineConfig } from 'vitest/config';

/** Settings shared by every project: packages resolve to their TypeScript sources, so no build is needed. */
export default defineConfig({
  resolve: { conditions: ['@limaml/source'] },
  ssr: { resolve: { conditions: ['@limaml/source'] } },
  test: { include: ['src/**/*.test.ts'], testTimeout: 30_000 },
});
