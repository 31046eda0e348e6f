import { optimize, type Program } from '@limaml/graph';
import { toOnnx } from '@limaml/onnx';
import type { InferenceSession } from 'onnxruntime-node';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import type { Runtime } from '../runtime.js';
import { ModelCache } from './model-cache.js';
import { programKey } from './program-key.js';

/** A program as a model, and how its sessions are made. */
export interface CompiledProgram {
  readonly model: Uint8Array;
  readonly options: InferenceSession.SessionOptions;
  /** Whether the model was in the cache. */
  readonly cached: boolean;
}

/** Makes models of programs. */
export type Compiler = (program: Program, name: string) => Promise<CompiledProgram>;

/** @param folder where to keep what is compiled. Left out: nowhere */
export function createCompiler(
  runtime: Runtime,
  options: InferenceSession.SessionOptions,
  folder: string | undefined,
): Compiler {
  if (folder !== undefined) return cachingCompiler(runtime, options, new ModelCache(folder));
  return async (program, name) => ({ model: lower(program, name), options, cached: false });
}

function lower(program: Program, name: string): Uint8Array {
  return toOnnx(optimize(program), { name });
}

/**
 * On the processor the model is kept as ONNX Runtime has rewritten it, which takes most of the time.
 * Other providers rewrite a model for their device when it is loaded, so there it is kept as it was
 * before. Either way the session is made from the same bytes whether they were in the cache or not.
 */
function cachingCompiler(
  runtime: Runtime,
  options: InferenceSession.SessionOptions,
  cache: ModelCache,
): Compiler {
  const context = contextOf(runtime, options);
  const rewrites =
    options.executionProviders?.[0] === 'cpu' && options.graphOptimizationLevel !== 'disabled';
  const ready = rewrites ? ({ ...options, graphOptimizationLevel: 'disabled' } as const) : options;
  return async (program, name) => {
    const key = programKey(program, context);
    const known = await cache.read(key);
    if (known !== undefined) return { model: known, options: ready, cached: true };
    const lowered = lower(program, name);
    const model = rewrites ? await rewrite(runtime, options, lowered, cache, key) : lowered;
    if (model === undefined) return { model: lowered, options, cached: false };
    await cache.write(key, model);
    return { model, options: ready, cached: false };
  };
}

/**
 * The model as ONNX Runtime rewrites it when it makes a session. Undefined where the folder cannot be
 * written, or where the runtime refuses the model: then it does so again when the model is loaded.
 */
async function rewrite(
  { InferenceSession }: Runtime,
  options: InferenceSession.SessionOptions,
  model: Uint8Array,
  cache: ModelCache,
  key: string,
): Promise<Uint8Array | undefined> {
  const rewritten = cache.withTemporary(key, async (path) => {
    const saving = { ...options, optimizedModelFilePath: path };
    await (await InferenceSession.create(model, saving)).release();
    return readFile(path);
  });
  return rewritten.catch(() => undefined);
}

/** What decides the model beside the program. ONNX Runtime may rewrite for the processor at hand. */
function contextOf(
  { env }: Runtime,
  { executionProviders, graphOptimizationLevel }: InferenceSession.SessionOptions,
): readonly unknown[] {
  const versions = [versionOf('@limaml/graph'), versionOf('@limaml/onnx'), env.versions.node];
  const machine = [process.platform, process.arch, cpus()[0]?.model];
  return [versions, executionProviders, graphOptimizationLevel, machine];
}

function versionOf(name: string): string {
  const { version } = createRequire(import.meta.url)(`${name}/package.json`) as { version: string };
  return version;
}
