import { createOrtExecutor } from '@limaml/backend-ort';
import { hostTableSpecs, initParams, maml, parameterSpecs } from '@limaml/core';
import { buildTasks, fitEncoders, simulatorDataset } from '@limaml/data';
import { memberEntity } from '@limaml/entity-member';
import { limamlModel } from '@limaml/models';
import type { InteractionLog } from '@limaml/plugin';
import {
  collectCandidates,
  exportBundle,
  generateEmbeddings,
  openBundle,
  type BundleManifest,
} from '@limaml/serving';
import { lmdbStore } from '@limaml/store';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type Server } from './create-server.js';
import type { ServerOptions } from './options.js';

/** Bundles `one` and `two` of random weights, each with embeddings of a small marketplace. */
export interface Fixture {
  readonly folder: string;
  readonly bundles: string;
  /** Location of the stores, with `{bundle}` in it. */
  readonly stores: string;
  readonly log: InteractionLog;
  readonly manifests: Readonly<Record<'one' | 'two', BundleManifest>>;
  /** Generates the embeddings of a bundle again: another version, of its own store or of another one. */
  generate(name: string, store?: string): Promise<number>;
  /** A path in the folder of the fixture. */
  path(name: string): string;
  remove(): Promise<void>;
}

export async function createFixture(): Promise<Fixture> {
  const folder = await mkdtemp(join(tmpdir(), 'limaml-server-'));
  const path = (name: string): string => join(folder, name);
  const shape = { members: 24, jobs: 30, companies: 6, impressionsPerMember: 25, seed: 3 };
  const log = await simulatorDataset(shape).load({ path: undefined });
  const manifests = {
    one: await exportRandom(log, 1, path('bundles/one')),
    two: await exportRandom(log, 2, path('bundles/two')),
  };
  const generate = (name: string, store = name): Promise<number> =>
    generateInto(log, path(`bundles/${name}`), path(`stores/${store}`));
  await generate('one');
  await generate('two');
  return {
    ...{ folder, bundles: path('bundles'), stores: path('stores/{bundle}'), log, manifests },
    ...{ generate, path, remove: () => rm(folder, { recursive: true }) },
  };
}

async function exportRandom(
  log: InteractionLog,
  seed: number,
  folder: string,
): Promise<BundleManifest> {
  const tasks = buildTasks(log, memberEntity());
  const trainRows = new Uint8Array(log.rows).fill(1);
  const encoders = fitEncoders(log, memberEntity(), { tasks, trainRows });
  const model = limamlModel().create(encoders.schema);
  const algorithm = maml({ innerSteps: 2 });
  const specs = { ...parameterSpecs(model, algorithm), ...hostTableSpecs(model) };
  const run = {
    ...{ model, plugin: { name: 'limaml', options: {} }, algorithm, schema: encoders.schema },
    encoders: JSON.parse(JSON.stringify(encoders)) as unknown,
    ...{ params: initParams(specs, seed), support: { maxSize: 16 } },
  };
  return exportBundle(run, folder, { candidates: collectCandidates(log, 'member') });
}

async function generateInto(log: InteractionLog, folder: string, store: string): Promise<number> {
  const runtime = await createOrtExecutor();
  const bundle = await openBundle(folder, { runtime });
  const opened = await lmdbStore().open(store);
  const tasks = buildTasks(log, memberEntity());
  const { version } = await generateEmbeddings({ bundle, log, tasks, store: opened });
  await opened.close();
  await runtime.dispose();
  return version.version;
}

/** What a request came back with. */
export interface Answer<Body = unknown> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

/** A server that listens, and a way to ask it. */
export interface RunningServer {
  readonly url: string;
  readonly server: Server;
  readonly ask: <Body>(
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<Answer<Body>>;
}

export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const server = await createServer({ port: 0, logLevel: 'silent', ...options });
  const url = await server.listen();
  return { url, server, ask: asking(url) };
}

/** Asks a server and reads the JSON that it answers. */
export function asking(url: string): RunningServer['ask'] {
  return async <Body>(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer<Body>> => {
    const response = await fetch(new URL(path, url), {
      method,
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json');
    const { status, headers: received } = response;
    return { status, headers: received, body: (isJson ? JSON.parse(text) : text) as Body };
  };
}

export interface ScoreAnswer {
  readonly results: readonly {
    readonly scores: readonly number[];
    readonly version: number | null;
    readonly prior: boolean;
    readonly bundle: string;
    readonly variant: string;
  }[];
}

export interface ErrorAnswer {
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly path?: string;
    readonly requestId: string;
  };
}

/** The value of a metric, summed over the lines that contain all of `labels`. */
export function metricOf(text: string, name: string, ...labels: readonly string[]): number {
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
    .filter((line) => labels.every((label) => line.includes(label)))
    .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}
