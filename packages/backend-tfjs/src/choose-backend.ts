import { backendUnavailable, unknownBackend } from './errors.js';
import { loadBackend } from './load-backend.js';
import type { ImportTfjsNode } from './load-backend.js';
import type { LoadedBackend, TfjsBackend } from './tfjs.js';

/** The fastest first. */
const BACKENDS: readonly TfjsBackend[] = ['node', 'wasm', 'cpu'];

const NAMES: Readonly<Record<TfjsBackend, string>> = {
  node: 'tfjs-node',
  wasm: 'TensorFlow.js on WASM',
  cpu: 'TensorFlow.js on plain JavaScript',
};

/** A backend and why it was taken. */
export interface BackendChoice {
  readonly backend: LoadedBackend;
  readonly reason: string;
}

/**
 * The backend that is asked for, or the first one that loads.
 *
 * @throws LIMAML_ERR_TFJS_UNKNOWN_BACKEND, LIMAML_ERR_TFJS_BACKEND_UNAVAILABLE
 */
export async function chooseBackend(
  wanted: TfjsBackend | 'auto',
  importTfjsNode: ImportTfjsNode,
): Promise<BackendChoice> {
  if (wanted === 'auto') return firstThatLoads(importTfjsNode);
  if (!BACKENDS.includes(wanted)) throw unknownBackend(wanted, ['auto', ...BACKENDS]);
  try {
    const backend = await loadBackend(wanted, importTfjsNode);
    return { backend, reason: `${NAMES[wanted]}, as the option says` };
  } catch (error) {
    throw backendUnavailable(wanted, problemOf(error), error);
  }
}

async function firstThatLoads(importTfjsNode: ImportTfjsNode): Promise<BackendChoice> {
  const failures: string[] = [];
  let cause: unknown;
  for (const kind of BACKENDS) {
    try {
      const backend = await loadBackend(kind, importTfjsNode);
      return { backend, reason: describeChoice(kind, failures) };
    } catch (error) {
      cause = error;
      failures.push(`${NAMES[kind]} does not load: ${problemOf(error)}`);
    }
  }
  throw backendUnavailable('auto', failures.join('; '), cause);
}

function describeChoice(kind: TfjsBackend, failures: readonly string[]): string {
  return failures.length === 0
    ? `${NAMES[kind]}, the first choice`
    : `${NAMES[kind]}, because ${failures.join(' and ')}`;
}

/** The first line says enough; the rest of tfjs-node's message is advice for its own repository. */
function problemOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.message.startsWith("Cannot find package '@tensorflow/tfjs-node'"))
    return 'it is not installed';
  return error.message.split('\n')[0]!.trim().replace(/\.$/, '');
}
