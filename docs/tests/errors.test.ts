import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { filesIn, textOf, workspaces } from './repository.test-support.js';

const PAGES = 'docs/reference/errors';
/** A code in prose; `LIMAML_ERR_GRAPH_FEED_*` means several. */
const CODE = /LIMAML_ERR_[A-Z0-9]+(?:_[A-Z0-9]+)+(?!\w|_\*)/g;

/** Codes that a package makes: `src/errors.ts`, and one more per entry point that has errors of its own. */
function codesMade(workspace: string): readonly string[] {
  const files = filesIn(`${workspace}/src`, '.ts').filter((file) => basename(file) === 'errors.ts');
  return unique(
    files.flatMap((file) => textOf(file).match(/(?<=code: ')LIMAML_ERR_\w+(?=')/g) ?? []),
  );
}

/** Codes in the first column of the table of a page. */
function codesDocumented(page: string): readonly string[] {
  return textOf(page).match(/(?<=^\| *`)LIMAML_ERR_\w+(?=`)/gm) ?? [];
}

function pageOf(workspace: string): string {
  return `${PAGES}/${basename(workspace)}.md`;
}

function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)].sort();
}

describe.each(workspaces().map((workspace) => ({ workspace })))(
  'errors of $workspace',
  ({ workspace }) => {
    it('are the ones on its page, each once', () => {
      expect([...codesDocumented(pageOf(workspace))].sort()).toEqual(codesMade(workspace));
    });

    it('have a cell for when and one for what to do', () => {
      for (const row of textOf(pageOf(workspace)).match(/^\| *`LIMAML_ERR_.*$/gm) ?? []) {
        const cells = row
          .split(/(?<!\\)\|/)
          .slice(1, -1)
          .map((cell) => cell.trim());
        expect(cells.length, row).toBe(3);
        expect(cells, row).not.toContain('');
      }
    });

    it('have a page that the index links to', () => {
      expect(textOf(`${PAGES}/README.md`)).toContain(`](${basename(workspace)}.md)`);
    });
  },
);

describe('error codes', () => {
  const owners = workspaces().flatMap((workspace) =>
    codesMade(workspace).map((code) => ({ code, workspace })),
  );

  it('belong to one package each', () => {
    const codes = owners.map(({ code }) => code);
    expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([]);
  });

  it('exist wherever the documentation of the code names one', () => {
    const known = new Set(owners.map(({ code }) => code));
    const files = workspaces()
      .filter((workspace) => workspace !== 'packages/errors')
      .flatMap((workspace) => filesIn(`${workspace}/src`, '.ts'))
      .filter((file) => !/\.test(-support)?\.ts$/.test(file));
    const strangers = files.flatMap((file) =>
      unique(textOf(file).match(CODE) ?? [])
        .filter((code) => !known.has(code))
        .map((code) => `${file}: ${code}`),
    );
    expect(strangers).toEqual([]);
  });

  it('have no page without a package', () => {
    const expected = [...workspaces().map(pageOf), `${PAGES}/README.md`].sort();
    expect(filesIn(PAGES, '.md')).toEqual(expected);
  });
});
