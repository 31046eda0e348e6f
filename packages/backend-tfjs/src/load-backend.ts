import { withBackend } from './tfjs.js';
import type { LoadedBackend, Tfjs, TfjsBackend } from './tfjs.js';

/** Imports tfjs-node, or a package with the same exports. */
export type ImportTfjsNode = () => Promise<unknown>;

/** Starts a backend. @throws whatever keeps it from loading */
export function loadBackend(
  kind: TfjsBackend,
  importTfjsNode: ImportTfjsNode,
): Promise<LoadedBackend> {
  return LOADERS[kind](importTfjsNode);
}

const LOADERS: Readonly<Record<TfjsBackend, (node: ImportTfjsNode) => Promise<LoadedBackend>>> = {
  node: loadNode,
  wasm: () => (wasm ??= loadWasm()),
  cpu: () => (cpu ??= loadCpu()),
};

/** Backends are registered once per process, by TensorFlow.js itself. */
let wasm: Promise<LoadedBackend> | undefined;
let cpu: Promise<LoadedBackend> | undefined;

/** tfjs-node brings its own TensorFlow.js and registers a backend on libtensorflow when it is imported. */
async function loadNode(importTfjsNode: ImportTfjsNode): Promise<LoadedBackend> {
  const imported = (await importTfjsNode()) as { readonly default?: Tfjs };
  const tf = imported.default ?? (imported as unknown as Tfjs);
  const backend: LoadedBackend = { kind: 'node', tf, registeredAs: 'tensorflow' };
  withBackend(backend, () => {
    computeSomething(tf);
  });
  return backend;
}

/** tfjs-node 4.22 can be imported in Node 23 and newer, which lack functions that its operations call. */
function computeSomething(tf: Tfjs): void {
  tf.tidy(() => {
    tf.add(tf.scalar(1), tf.scalar(1)).dataSync();
  });
}

/**
 * The WASM backend starts asynchronously. Its factory is replaced by one that returns what it made, so
 * that choosing the backend later is synchronous.
 */
async function loadWasm(): Promise<LoadedBackend> {
  const tf = await import('@tensorflow/tfjs-core');
  await import('@tensorflow/tfjs-backend-wasm');
  const { registry } = tf.engine();
  const backend = registry.wasm ?? (await withoutCrashHandlers(tf.findBackendFactory('wasm')));
  if (!registry.wasm) {
    tf.removeBackend('wasm');
    tf.registerBackend('wasm', () => backend, WASM_PRIORITY);
  }
  return { kind: 'wasm', tf, registeredAs: 'wasm' };
}

/** As TensorFlow.js registers it. */
const WASM_PRIORITY = 2;

/** On its first tensor this backend advertises tfjs-node, which our executor has reported on already. */
async function loadCpu(): Promise<LoadedBackend> {
  const tf = await import('@tensorflow/tfjs-core');
  await import('@tensorflow/tfjs-backend-cpu');
  const backend: LoadedBackend = { kind: 'cpu', tf, registeredAs: 'cpu' };
  const production = tf.env().getBool('PROD');
  tf.env().set('PROD', true);
  withBackend(backend, () => {
    tf.scalar(0).dispose();
  });
  tf.env().set('PROD', production);
  return backend;
}

const CRASH_EVENTS = ['uncaughtException', 'unhandledRejection'] as const;

/**
 * The loader of the WASM module adds handlers for errors that nobody catches, of the whole process, which
 * only throw them again. They would hide where an application's own errors come from.
 */
async function withoutCrashHandlers<Result>(
  start: () => Result | Promise<Result>,
): Promise<Result> {
  const events: Pick<NodeJS.EventEmitter, 'listeners' | 'off'> = process;
  const before = CRASH_EVENTS.map((event) => events.listeners(event));
  try {
    return await start();
  } finally {
    CRASH_EVENTS.forEach((event, i) => {
      for (const listener of events.listeners(event)) {
        const isTheirs = /\bthrow (ex|reason)\b/.test(String(listener));
        if (isTheirs && !before[i]!.includes(listener)) events.off(event, listener as () => void);
      }
    });
  }
}
