import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT, filesIn, textOf } from './repository.test-support.js';

const LINK = /\]\((?!https?:|mailto:|data:)<?([^)\s>]+)>?(?:\s+"[^"]*")?\)/g;

interface Link {
  readonly file: string;
  readonly target: string;
}

function linksOf(file: string): readonly Link[] {
  return [...proseOf(file).matchAll(LINK)].map((match) => ({ file, target: match[1]! }));
}

/** Links in code are examples. */
function proseOf(file: string): string {
  return textOf(file)
    .replace(/^( *)(```+|~~~+)[\s\S]*?^\1\2/gm, '')
    .replace(/`[^`\n]*`/g, '');
}

/** What is wrong with a link, if anything. */
function problemOf({ file, target }: Link): string | undefined {
  const [path = '', anchor] = target.split('#');
  const page = path === '' ? file : resolveLink(file, path);
  if (page === undefined) return `${file} links to ${target}, which does not exist`;
  if (anchor === undefined || !page.endsWith('.md')) return undefined;
  return anchorsOf(page).includes(anchor)
    ? undefined
    : `${file} links to ${target}: no such heading`;
}

/** The file that a link means. A path from `/` is one of the site, whose pages lie in docs/. */
function resolveLink(file: string, path: string): string | undefined {
  if (path.startsWith('/api/')) return path;
  const decoded = decodeURIComponent(path);
  const base = path.startsWith('/') ? join('docs', decoded) : join(dirname(file), decoded);
  const pages = path.startsWith('/')
    ? [`${base}.md`, join(base, 'index.md'), join(base, 'README.md'), join('docs/public', decoded)]
    : [];
  return [...pages, base].find((candidate) => existsSync(join(ROOT, candidate)));
}

function anchorsOf(page: string): readonly string[] {
  const headings = [...textOf(page).matchAll(/^#{1,6} +(.*?) *#*$/gm)].map((match) => match[1]!);
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replace(/\s/g, '-'),
  );
}

describe('links between Markdown files', () => {
  const files = filesIn('.', '.md');

  it('are found', () => {
    expect(files).toContain('docs/guides/index.md');
    expect(files.flatMap(linksOf).length).toBeGreaterThan(10);
  });

  it('lead somewhere', () => {
    const problems = files.flatMap(linksOf).map(problemOf);
    expect(problems.filter((problem) => problem !== undefined)).toEqual([]);
  });
});
