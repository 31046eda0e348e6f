import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '@redis/client';

/** The server program of this machine: Redis or Valkey, whichever is installed. */
export const PROGRAM = ['redis-server', 'valkey-server'].find(
  (name) => spawnSync(name, ['--version']).status === 0,
);

/** A server of a test, in a folder of its own. */
export interface TestServer {
  readonly url: string;
  /** As a power cut would. */
  kill(): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a server with an append-only file, on a free port of this machine alone. */
export async function startServer(...settings: readonly string[]): Promise<TestServer> {
  const folder = await mkdtemp(join(tmpdir(), 'limaml-redis-'));
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  const options = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder];
  const durable = ['--appendonly', 'yes', '--appendfsync', 'always', '--save', ''];
  let server: ChildProcess;
  const start = async (): Promise<void> => {
    server = spawn(PROGRAM!, [...options, ...durable, ...settings], { stdio: 'ignore' });
    await answering(url, settings);
  };
  const kill = async (): Promise<void> => {
    server.kill('SIGKILL');
    await once(server, 'exit');
  };
  await start();
  const close = async (): Promise<void> => {
    await kill();
    await rm(folder, { recursive: true });
  };
  return { url, kill, start, close };
}

/** A cluster. */
export interface TestCluster {
  /** Of its first node. */
  readonly url: string;
  readonly nodes: readonly TestServer[];
  close(): Promise<void>;
}

const SLOTS = 16_384;

/** A cluster of so many nodes, which divide the slots among them. */
export async function startCluster(size: number): Promise<TestCluster> {
  const nodes = await Promise.all(Array.from({ length: size }, startNode));
  const urls = nodes.map((node) => node.url);
  for (const [at, url] of urls.entries()) {
    const [first, next] = [at, at + 1].map((part) => Math.floor((part * SLOTS) / size));
    await command(url, 'CLUSTER', 'ADDSLOTSRANGE', `${first!}`, `${next! - 1}`);
    await command(url, 'CLUSTER', 'SET-CONFIG-EPOCH', `${at + 1}`);
  }
  for (const node of nodes.slice(1))
    await command(urls[0]!, 'CLUSTER', 'MEET', '127.0.0.1', portOf(node.url), `${node.bus}`);
  await Promise.all(urls.map((url) => agreeing(url, size)));
  const close = async (): Promise<void> => {
    await Promise.all(nodes.map((node) => node.close()));
  };
  return { url: urls[0]!, nodes, close };
}

async function startNode(): Promise<TestServer & { readonly bus: number }> {
  const bus = await freePort();
  const server = await startServer('--cluster-enabled', 'yes', '--cluster-port', `${bus}`);
  return { ...server, bus };
}

function portOf(url: string): string {
  return new URL(url).port;
}

async function agreeing(url: string, size: number): Promise<void> {
  for (let tries = 0; tries < 400; tries++) {
    const info = String(await command(url, 'CLUSTER', 'INFO'));
    if (info.includes('cluster_state:ok') && info.includes(`cluster_known_nodes:${size}`)) return;
    await sleep(50);
  }
  throw new Error('the nodes did not become a cluster');
}

/** What a server answers to a command. */
export async function command(url: string, ...words: readonly string[]): Promise<unknown> {
  const client = createClient({ url });
  await client.connect();
  const answer = await client.sendCommand(words);
  await client.close();
  return answer;
}

async function answering(url: string, settings: readonly string[]): Promise<void> {
  const at = settings.indexOf('--requirepass');
  const login = at < 0 ? url : url.replace('//', `//:${settings[at + 1]!}@`);
  for (let tries = 0; tries < 100; tries++) {
    const up = await command(login, 'PING').catch(() => undefined);
    if (up !== undefined) return;
    await sleep(50);
  }
  throw new Error(`${PROGRAM} does not answer at ${url}`);
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
