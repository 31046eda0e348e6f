import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, startServer, type ServerProcess } from './server-process.ts';
import { redisAddress, type Stage } from './stage.ts';

/** A server under load. */
export interface Contender {
  readonly name: string;
  readonly process: ServerProcess;
}

/** Names of what is compared with what. */
export const OWN = { lmdb: 'limaml, LMDB', redis: 'limaml, Redis' } as const;
export const BARE = 'bare loop';
export const PEER = 'FastAPI + PyTorch, Redis';

const PYTHON = new URL('../peers/.venv/bin/python', import.meta.url);

/** Starts all that the machine can run, one process each, and says what it cannot. */
export async function startContenders(
  stage: Stage,
): Promise<{ readonly contenders: readonly Contender[]; readonly absent: readonly string[] }> {
  const contenders: Contender[] = [];
  const absent: string[] = [];
  for (const [name, start] of Object.entries(STARTS)) {
    try {
      contenders.push({ name, process: await start(stage) });
    } catch (error) {
      absent.push(`${name}: ${(error as Error).message}`);
    }
  }
  return { contenders, absent };
}

const STARTS: Readonly<Record<string, (stage: Stage) => Promise<ServerProcess>>> = {
  [OWN.lmdb]: ({ folder }) => startOwn(folder, join(folder, 'store')),
  [OWN.redis]: (stage) => startOwn(stage.folder, redisAddress(redisOf(stage))),
  [BARE]: startBare,
  [PEER]: startPeer,
};

async function startOwn(folder: string, store: string): Promise<ServerProcess> {
  const port = await freePort();
  const options = { bundle: join(folder, 'bundle'), store, port, logLevel: 'warn' };
  return startServer(
    process.execPath,
    [...sources('own-server.mjs'), JSON.stringify(options)],
    port,
  );
}

async function startBare({ folder }: Stage): Promise<ServerProcess> {
  const port = await freePort();
  const files = [join(folder, 'bundle', 'score.onnx'), join(folder, 'feeds.json')];
  return startServer(
    process.execPath,
    [...sources('bare-server.mjs'), ...files, String(port)],
    port,
  );
}

async function startPeer(stage: Stage): Promise<ServerProcess> {
  const port = await freePort();
  const script = fileURLToPath(new URL('../peers/score_server.py', import.meta.url));
  const args = [script, stage.folder, String(port), String(redisOf(stage).port)];
  return startServer(fileURLToPath(PYTHON), args, port);
}

function redisOf({ redis }: Stage): NonNullable<Stage['redis']> {
  if (redis === undefined) throw new Error('there is no redis-server');
  return redis;
}

/** Runs a script of this folder with the packages' sources. */
export function sources(script: string): readonly string[] {
  return ['--conditions=@limaml/source', fileURLToPath(new URL(script, import.meta.url))];
}
