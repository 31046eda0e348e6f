import { readFileSync, readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Root of the repository. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const SKIPPED = new Set(['node_modules', 'dist', 'out-tsc', 'runs', 'coverage', 'api', 'cache']);

/** Files below a folder of the repository whose name ends so, as paths from the root with `/`. */
export function filesIn(folder: string, ending: string): readonly string[] {
  return walk(join(ROOT, folder))
    .filter((file) => file.endsWith(ending))
    .map((file) => relative(ROOT, file).split(sep).join('/'))
    .sort();
}

/** The text of a file, by its path from the root. */
export function textOf(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}

/** Folders with a package or an application: `packages/graph`, `apps/cli`… */
export function workspaces(): readonly string[] {
  return ['packages', 'apps'].flatMap((parent) =>
    readdirSync(join(ROOT, parent)).map((name) => `${parent}/${name}`),
  );
}

function walk(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isFile()) return [path];
    const skipped =
      !entry.isDirectory() ||
      SKIPPED.has(entry.name) ||
      entry.name === '.git' ||
      entry.name === '.venv' ||
      entry.name === '.nx';
    return skipped ? [] : walk(path);
  });
}
