import { join } from 'node:path';
import { ROOT, filesIn, textOf, workspaces } from './repository.test-support.js';

/** Where examples are written to: inside the repository, so that they find its packages. */
export const EXAMPLES = join(ROOT, 'node_modules/.cache/limaml-examples');

/** A ```ts block of a Markdown file. */
export interface Example {
  readonly file: string;
  /** 1-based line of the fence. */
  readonly line: number;
  readonly code: string;
  /**
   * What follows `ts` on the fence: nothing, `continued` (one module with the example before), or
   * `no-run: why not`.
   */
  readonly mark: string;
}

/** Markdown files whose examples must run. */
export function filesWithExamples(): readonly string[] {
  const readmes = workspaces().flatMap((workspace) => filesIn(workspace, 'README.md'));
  return [
    ...filesIn('.', '.md').filter((file) => file === 'README.md'),
    ...readmes,
    ...filesIn('docs/guides', '.md'),
  ];
}

/** The examples of a file, in order. */
export function examplesOf(file: string): readonly Example[] {
  const text = textOf(file);
  return [...text.matchAll(/^```ts\b([^\n]*)\n([\s\S]*?)^```/gm)].map((match) => ({
    file,
    line: text.slice(0, match.index).split('\n').length,
    mark: match[1]!.trim(),
    code: match[2]!,
  }));
}

/** Whether an example is executed; the others say why not. */
export function isRun({ mark }: Example): boolean {
  return mark === '' || mark === 'continued';
}

/** A module to run: an example and those that continue it. */
export interface ExampleModule {
  readonly path: string;
  readonly code: string;
}

/** The modules of a file, in order. */
export function modulesOf(file: string): readonly ExampleModule[] {
  const modules: ExampleModule[] = [];
  for (const { line, mark, code } of examplesOf(file).filter(isRun)) {
    const before = mark === 'continued' ? modules.pop() : undefined;
    const path =
      before?.path ?? join(EXAMPLES, file.replace(/[^A-Za-z0-9]+/g, '-'), `line-${line}.ts`);
    modules.push({ path, code: `${before?.code ?? ''}${code}` });
  }
  return modules;
}
