import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** Gives paths in a temporary folder that is removed after the tests of the file. */
export function temporaryFolders(): (name: string) => string {
  const root = mkdtempSync(join(tmpdir(), 'limaml-store-'));
  afterAll(() => {
    rmSync(root, { recursive: true, force: true });
  });
  return (name) => join(root, name);
}
