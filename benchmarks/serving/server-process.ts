import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A program that serves, in a process of its own. */
export interface ServerProcess {
  /** `http://127.0.0.1:…` */
  readonly url: string;
  /** Resident memory in MiB; NaN where the system does not tell. */
  residentMiB(): Promise<number>;
  /** Processor time it has used, in milliseconds; NaN where the system does not tell. */
  processorMs(): Promise<number>;
  /** Ends it: as one would, or without warning. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

/** Longest that a server may take to answer. */
const PATIENCE = 60_000;

/** Starts a server and waits until its port takes connections. */
export async function startServer(
  program: string,
  args: readonly string[],
  port: number,
): Promise<ServerProcess> {
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let problems = '';
  child.stderr.on('data', (text: Buffer) => {
    problems = `${problems}${text.toString()}`.slice(-2000);
  });
  const exited = once(child, 'exit');
  const ended = exited.then(() => Promise.reject(new Error(`it ended: ${gist(problems)}`)));
  ended.catch(() => undefined);
  await Promise.race([ended, listening(port)]);
  return {
    url: `http://127.0.0.1:${port}`,
    residentMiB: () => residentMiB(child.pid!),
    processorMs: () => processorMs(child.pid!),
    async end(signal) {
      child.kill(signal);
      await exited;
    },
  };
}

/** The line that says what is wrong, among those that say where. */
function gist(problems: string): string {
  const lines = problems.trim().split('\n');
  return lines.find((line) => /Error\b/.test(line)) ?? lines.at(-1)!;
}

/** A port that nothing listens at. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

async function listening(port: number): Promise<void> {
  const started = performance.now();
  while (!(await accepts(port))) {
    if (performance.now() - started > PATIENCE) throw new Error(`Nothing listens at port ${port}`);
    await sleep(50);
  }
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** Linux counts memory in pages and time in ticks of 10 ms; elsewhere there is no /proc. */
const [PAGES_PER_MIB, TICK_MS] = [256, 10];

async function residentMiB(pid: number): Promise<number> {
  const [, pages] = await numbersOf(`/proc/${pid}/statm`);
  return (pages ?? NaN) / PAGES_PER_MIB;
}

async function processorMs(pid: number): Promise<number> {
  // Behind the name of the program, which may hold spaces.
  const fields = await numbersOf(`/proc/${pid}/stat`);
  return TICK_MS * ((fields[11] ?? NaN) + (fields[12] ?? NaN));
}

async function numbersOf(file: string): Promise<number[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text
    .slice(text.lastIndexOf(')') + 1)
    .trim()
    .split(/\s+/)
    .map(Number);
}
