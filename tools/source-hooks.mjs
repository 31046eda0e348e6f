// Module hooks that let Node run the packages from their TypeScript sources; see run-source.mjs.
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** Compiled modules by the hash of their source: loading TypeScript takes longer than most runs. */
const CACHE = new URL('../node_modules/.cache/limaml-source/', import.meta.url);

/** Sources import each other by the name of the output: `./x.js` is `./x.ts`. */
export async function resolve(specifier, context, next) {
  const fromSource = context.parentURL?.endsWith('.ts') && /^\.{1,2}\/.*\.js$/.test(specifier);
  return next(fromSource ? specifier.replace(/\.js$/, '.ts') : specifier, context);
}

export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context);
  const fileName = fileURLToPath(url);
  const code = await readFile(fileName, 'utf8');
  const hash = createHash('sha256').update(`${fileName}\n${code}`).digest('hex');
  const cached = new URL(`${hash}.js`, CACHE);
  const source = await readFile(cached, 'utf8').catch(() => compile(fileName, code, cached));
  return { format: 'module', shortCircuit: true, source };
}

async function compile(fileName, code, cached) {
  const { default: ts } = await import('typescript');
  const compilerOptions = {
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.ESNext,
    verbatimModuleSyntax: true,
    inlineSourceMap: true,
  };
  const { outputText } = ts.transpileModule(code, { fileName, compilerOptions });
  await save(cached, outputText);
  return outputText;
}

/** Another process may read or write the same file: it appears as a whole. */
async function save(cached, text) {
  await mkdir(CACHE, { recursive: true });
  const temporary = new URL(`${cached.href}.${process.pid}.tmp`);
  await writeFile(temporary, text);
  await rename(temporary, cached);
}
