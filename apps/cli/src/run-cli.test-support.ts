import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExitCode } from './exit-codes.js';
import type { CliIo } from './io.js';
import { main } from './main.js';

/** What a run of the command wrote, and its exit code. */
export interface CliRun {
  readonly code: ExitCode;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line in this process. */
export async function runCli(args: readonly string[], io: Partial<CliIo> = {}): Promise<CliRun> {
  let [stdout, stderr] = ['', ''];
  const code = await main(args, {
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    cwd: process.cwd(),
    env: {},
    interactive: false,
    signal: new AbortController().signal,
    ...io,
  });
  return { code, stdout, stderr };
}

/** A new empty folder. */
export function temporaryFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'limaml-cli-'));
}

/** The experiment that the tests run; it brings its own model, as anybody's spec may. */
export const TINY_SPEC = new URL('./tiny-experiment.test-support.ts', import.meta.url).pathname;
