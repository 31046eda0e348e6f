import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT, textOf, workspaces } from './repository.test-support.js';

/** Rows of the table of packages in ARCHITECTURE.md: `| layer | package | where to look |`. */
function packageRows(): readonly { readonly workspace: string; readonly look: string }[] {
  const rows = textOf('ARCHITECTURE.md').matchAll(/^\| \d +\| `([\w/-]+)` +\| (.*) \|$/gm);
  return [...rows].map((row) => {
    const [, name = '', look = ''] = row;
    return { workspace: name.includes('/') ? name : `packages/${name}`, look };
  });
}

describe('the table of packages in ARCHITECTURE.md', () => {
  it('has one row for every package and application', () => {
    const listed = packageRows().map(({ workspace }) => workspace);
    expect([...listed].sort()).toEqual([...workspaces()].sort());
  });

  it.each(packageRows())(
    'names files and folders of $workspace that exist',
    ({ workspace, look }) => {
      const paths = [...look.matchAll(/`([\w-]+(?:\.ts|\/))`/g)].map((match) => match[1]!);
      expect(paths).not.toEqual([]);
      const missing = paths.filter((path) => !existsSync(join(ROOT, workspace, 'src', path)));
      expect(missing).toEqual([]);
    },
  );
});
