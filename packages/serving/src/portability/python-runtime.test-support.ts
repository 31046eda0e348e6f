import { spawn, spawnSync } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { PlainTensors, Runtime } from './portable-case.test-support.js';

const PEERS = new URL('../../../../benchmarks/peers/', import.meta.url);
const SCRIPT = fileURLToPath(new URL('run_models.py', PEERS));

/** A Python that has ONNX Runtime: that of the environment of the benchmarks' peers, or the machine's own. */
const PYTHON = [fileURLToPath(new URL('.venv/bin/python', PEERS)), 'python3', 'python'].find(
  (program) => spawnSync(program, ['-c', 'import onnxruntime, numpy']).status === 0,
);

/** ONNX Runtime in Python; undefined where the machine has none. */
export const pythonRuntime: Runtime | undefined =
  PYTHON === undefined ? undefined : (cases) => runModels(PYTHON, JSON.stringify(cases));

async function runModels(python: string, cases: string): Promise<readonly PlainTensors[]> {
  const process = spawn(python, [SCRIPT], { stdio: ['pipe', 'pipe', 'pipe'] });
  process.stdin.end(cases);
  const [answer, problems] = await Promise.all([text(process.stdout), text(process.stderr)]);
  if (answer === '') throw new Error(problems);
  return JSON.parse(answer) as readonly PlainTensors[];
}
