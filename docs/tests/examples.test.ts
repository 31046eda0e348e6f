import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  EXAMPLES,
  examplesOf,
  filesWithExamples,
  isRun,
  modulesOf,
} from './examples.test-support.js';
import { ROOT, textOf } from './repository.test-support.js';

const RUN_SOURCE = join(ROOT, 'tools/run-source.mjs');
const execFileAsync = promisify(execFile);

const files = filesWithExamples();
const examples = files.flatMap(examplesOf);
const modules = files.flatMap(modulesOf);

beforeAll(async () => {
  await rm(EXAMPLES, { recursive: true, force: true });
  for (const { path, code } of modules) {
    await mkdir(dirname(path), { recursive: true });
    // `export {}` makes a module of an example without imports, so that names do not clash.
    await writeFile(path, `${code}\nexport {};\n`);
  }
});

afterAll(() => rm(EXAMPLES, { recursive: true, force: true }));

/** Runs the modules of one file in order, in one process, in an empty folder. */
async function run(paths: readonly string[]): Promise<void> {
  const cwd = await mkdtemp(join(tmpdir(), 'limaml-example-'));
  try {
    const args = ['--conditions=@limaml/source', RUN_SOURCE, ...paths];
    await execFileAsync(process.execPath, args, { cwd, timeout: 100_000 });
  } finally {
    await rm(cwd, { recursive: true, force: true });
  }
}

/** Problems the type checker finds in the modules, with strict settings as in the packages. */
async function typeProblems(): Promise<readonly string[]> {
  const config = ts.parseConfigFileTextToJson(
    '',
    await readFile(join(ROOT, 'tsconfig.base.json'), 'utf8'),
  );
  const { compilerOptions } = config.config as { compilerOptions: object };
  // An example may show a value without using it.
  const changes = { composite: false, noEmit: true, noUnusedLocals: false };
  const { options } = ts.convertCompilerOptionsFromJson({ ...compilerOptions, ...changes }, ROOT);
  const paths = modules.map(({ path }) => path);
  const program = ts.createProgram(paths, options);
  return paths.flatMap((path) => {
    const source = program.getSourceFile(path);
    return [
      ...program.getSyntacticDiagnostics(source),
      ...program.getSemanticDiagnostics(source),
    ].map(
      ({ messageText }) =>
        `${relative(EXAMPLES, path)}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`,
    );
  });
}

describe('examples', () => {
  it('are found in the guides and in the README of every package', () => {
    const packages = files.filter((file) => file.startsWith('packages/'));
    const withoutExample = packages.filter(
      (file) => !examples.some((example) => example.file === file),
    );
    expect(withoutExample).toEqual([]);
  });

  it('are marked `ts`, so that none is overlooked', () => {
    const otherwise = /^```(?:typescript|tsx|mts|javascript|jsx|js|mjs)\b/m;
    expect(files.filter((file) => otherwise.test(textOf(file)))).toEqual([]);
  });

  it('that do not run say why', () => {
    const silent = examples.filter(
      (example) => !isRun(example) && !/^no-run: .{8,}/.test(example.mark),
    );
    expect(silent.map(({ file, line }) => `${file}:${line}`)).toEqual([]);
  });

  it('have no type errors', { timeout: 120_000 }, async () => {
    expect(await typeProblems()).toEqual([]);
  });

  it.concurrent.each(files.filter((file) => modulesOf(file).length > 0))(
    'of %s run',
    { timeout: 120_000 },
    (file) => run(modulesOf(file).map(({ path }) => path)),
  );
});
