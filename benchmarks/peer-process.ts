import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Contender, Turn } from './measure.ts';

const FOLDER = new URL('peers/', import.meta.url);
const PYTHON = fileURLToPath(new URL('.venv/bin/python', FOLDER));

/** Longest that a command may take: compiling a large step takes minutes. */
const PATIENCE = 15 * 60_000;

/** Programs and threads of one peer; see peers/server.py. */
export interface PeerId {
  readonly peer: string;
  readonly threads: number;
}

/** What a peer computes otherwise than exported; its times would mean nothing. */
export class PeerMismatch extends Error {}

interface Answer {
  readonly error?: string;
  readonly kind?: string;
}

/** Why peers cannot run, or nothing when they can. */
export async function whyNoPeers(): Promise<string | undefined> {
  try {
    await promisify(execFile)(PYTHON, ['-c', 'import torch, jax, higher']);
    return undefined;
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const reason = missing ? 'their Python environment is missing' : (error as Error).message;
    return `${reason}; make it with: python3 benchmarks/peers/make_environment.py`;
  }
}

/** A peer in a process of its own, which takes one command at a time. */
export class PeerProcess {
  readonly #process: ChildProcess;
  readonly #answers: AsyncIterator<string>;
  readonly #label: string;
  #problems = '';

  constructor({ peer, threads }: PeerId) {
    this.#label = `${peer}, threads: ${threads}`;
    const server = fileURLToPath(new URL('server.py', FOLDER));
    this.#process = spawn(PYTHON, [server, peer, '--threads', String(threads)]);
    // A process that has ended is told by the end of its answers.
    this.#process.stdin!.on('error', () => undefined);
    this.#process.stderr!.on('data', (text: Buffer) => {
      this.#problems = `${this.#problems}${text.toString()}`.slice(-2000);
    });
    this.#answers = createInterface(this.#process.stdout!)[Symbol.asyncIterator]();
  }

  /** Versions of what the peer is made of. */
  async versions(): Promise<Readonly<Record<string, string>>> {
    const answer = await this.#ask({ command: 'describe' });
    return (answer as { versions: Record<string, string> }).versions;
  }

  /**
   * Prepares a case, checks the results and runs it once.
   * @throws PeerMismatch when results differ, Error when the peer cannot compute it
   */
  async load(what: { readonly file: string } | { readonly sgemm: number }): Promise<void> {
    await this.#ask({ command: 'load', ...what });
  }

  /** The loaded case as something to time. */
  contender(name: string): Contender {
    const turn = async (milliseconds: number): Promise<Turn> =>
      (await this.#ask({ command: 'run', milliseconds })) as unknown as Turn;
    return { name, turn, run: () => turn(0) };
  }

  async unload(): Promise<void> {
    await this.#ask({ command: 'unload' });
  }

  /** Ends the process. */
  async close(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const exited = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await exited;
  }

  async #ask(message: Readonly<Record<string, unknown>>): Promise<Answer> {
    this.#process.stdin!.write(`${JSON.stringify(message)}\n`);
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), PATIENCE);
    const line = await this.#answers.next();
    clearTimeout(timer);
    if (line.done === true) throw new Error(`${this.#label}: the process ended\n${this.#problems}`);
    const answer = JSON.parse(line.value) as Answer;
    if (answer.error === undefined) return answer;
    const text = `${this.#label}: ${answer.kind!}: ${answer.error}`;
    throw answer.kind === 'Mismatch' ? new PeerMismatch(text) : new Error(text);
  }
}
