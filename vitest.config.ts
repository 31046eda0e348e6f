import { existsSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** One vitest project per package and app, named like its folder, plus the tests of the docs and the fuzz tests. */
const roots = ['packages', 'apps'].flatMap((folder) =>
  readdirSync(folder).map((name) => ({
    name,
    root: `${folder}/${name}`,
    include: ['src/**/*.test.ts'],
  })),
);
if (existsSync('docs/tests'))
  roots.push({ name: 'docs', root: 'docs', include: ['tests/**/*.test.ts'] });
if (existsSync('integration/fuzz'))
  roots.push({ name: 'fuzz', root: 'integration/fuzz', include: ['*.test.ts'] });

// Packages resolve to their TypeScript sources, so tests need no build.
const conditions = ['@limaml/source'];

export default defineConfig({
  test: {
    // Tests wait for processes and disks, too: on two cores one worker would leave half of the machine idle.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: roots.map((test) => ({
      resolve: { conditions },
      ssr: { resolve: { conditions } },
      test: { ...test, testTimeout: 30_000 },
    })),
  },
});
