import { spawnSync } from 'node:child_process';
import { freePort, startServer, type ServerProcess } from './server-process.ts';

const PROGRAM = ['redis-server', 'valkey-server'].find(
  (name) => spawnSync(name, ['--version']).status === 0,
);

/** A Redis server that keeps everything in memory alone, and where it listens. */
export interface RedisServer {
  readonly port: number;
  readonly process: ServerProcess;
}

/** Starts one on a free port; undefined where the machine has none. */
export async function startRedis(): Promise<RedisServer | undefined> {
  if (PROGRAM === undefined) return undefined;
  const port = await freePort();
  const settings = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  return { port, process: await startServer(PROGRAM, settings, port) };
}
