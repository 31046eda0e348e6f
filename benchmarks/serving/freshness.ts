import { createOrtExecutor } from '@limaml/backend-ort';
import { createRandom } from '@limaml/data';
import { generateEmbeddings, openBundle, seedWindows } from '@limaml/serving';
import { lmdbStore, openEventLog, redisStore } from '@limaml/store';
import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { quantile } from '../measure.ts';
import { sources } from './contenders.ts';
import { bucketsOf, quantileOf, shareWithin } from './histogram.ts';
import { exportMarketplace, simulateMarketplace, type Marketplace } from './marketplace.ts';
import { startRedis, type RedisServer } from './redis-server.ts';
import { freePort, startServer, type ServerProcess } from './server-process.ts';
import { redisAddress } from './stage.ts';

/** How fresh embeddings are while events come, one a request. Times in milliseconds. */
export interface FreshnessResult {
  /** Where embeddings and events are kept. */
  readonly kept: string;
  readonly seconds: number;
  /** Events sent for each second, at even distances whatever is answered. */
  readonly perSecond: number;
  readonly accepted: number;
  /** From the acceptance of an event to the vector that is served, by the server's own metric. */
  readonly freshness: { readonly p50: number; readonly p99: number; readonly within50: number };
  /** From sending an event to the answer that it is on the disk. */
  readonly answer: { readonly p50: number; readonly p99: number };
  /** Processor time of the server for each event. */
  readonly processor: number;
  /** Answers other than 202, and connections that failed. */
  readonly failed: number;
  /** Of the machine at the end, over a minute. */
  readonly load: number;
}

const PER_SECOND = 500;
/** What is sent before anything counts. */
const WARMUP_SECONDS = 3;

/** Sends events of members with full support windows to a server, with LMDB and, where there is one, with Redis. */
export async function freshnessSuite(seconds: number): Promise<readonly FreshnessResult[]> {
  const folder = await mkdtemp(join(tmpdir(), 'limaml-freshness-'));
  const redis = await startRedis();
  const market = await simulateMarketplace();
  try {
    await exportMarketplace(market, join(folder, 'bundle'));
    const results: FreshnessResult[] = [];
    for (const place of placesOf(folder, redis)) {
      await fill(market, folder, place);
      results.push(await measure(market, folder, place, seconds));
    }
    return results;
  } finally {
    await redis?.process.end('SIGTERM');
    await rm(folder, { recursive: true });
  }
}

interface Place {
  readonly kept: string;
  readonly store: string;
  readonly events: string;
}

function placesOf(folder: string, redis: RedisServer | undefined): readonly Place[] {
  const local = { kept: 'LMDB', store: join(folder, 'store'), events: join(folder, 'events') };
  if (redis === undefined) return [local];
  const address = redisAddress(redis);
  return [local, { kept: 'Redis', store: address, events: address }];
}

/** Embeddings of all members, and the past of each in the event log. */
async function fill(
  { log, tasks }: Marketplace,
  folder: string,
  { store: location, events: address }: Place,
): Promise<void> {
  const runtime = await createOrtExecutor();
  const bundle = await openBundle(join(folder, 'bundle'), { runtime });
  const plugin = location.startsWith('redis:') ? redisStore() : lmdbStore();
  const store = await plugin.open(location);
  await generateEmbeddings({ bundle, log, tasks, store });
  const limit = bundle.manifest.support.maxSize;
  const events = await openEventLog(address, { keep: limit });
  await seedWindows({ log, tasks, events, limit });
  await events.close();
  await store.close();
  await runtime.dispose();
}

async function measure(
  market: Marketplace,
  folder: string,
  { kept, store, events }: Place,
  seconds: number,
): Promise<FreshnessResult> {
  const port = await freePort();
  const options = {
    ...{ bundle: join(folder, 'bundle'), store, port, logLevel: 'warn' },
    events: { location: events },
  };
  const args = [...sources('own-server.mjs'), JSON.stringify(options)];
  const server = await startServer(process.execPath, args, port);
  try {
    await send(server, market, 'warmup', WARMUP_SECONDS);
    const before = await stateOf(server);
    const answers = await send(server, market, 'event', seconds);
    const after = await stateOf(server);
    return { kept, seconds, ...summary(before, after, answers) };
  } finally {
    await server.end('SIGTERM');
  }
}

interface State {
  readonly buckets: ReadonlyMap<number, number>;
  readonly processorMs: number;
}

/** After what waits is done. */
async function stateOf(server: ServerProcess): Promise<State> {
  for (;;) {
    const text = await (await fetch(`${server.url}/metrics`)).text();
    if (/^limaml_events_waiting 0$/m.test(text)) {
      const buckets = bucketsOf(text, 'limaml_freshness_seconds');
      return { buckets, processorMs: await server.processorMs() };
    }
    await sleep(50);
  }
}

/** Answers to events, in milliseconds; NaN for one that was refused. */
async function send(
  server: ServerProcess,
  { log, tasks }: Marketplace,
  prefix: string,
  seconds: number,
): Promise<readonly number[]> {
  const random = createRandom(11);
  const jobs = log.entities.job!.ids;
  const count = seconds * PER_SECOND;
  const started = performance.now();
  const answers: Promise<number>[] = [];
  for (let at = 0; at < count; at++) {
    const due = started + (1000 * at) / PER_SECOND;
    if (due > performance.now()) await sleep(due - performance.now());
    const event = {
      ...{ id: `${prefix}-${at}`, entity: tasks.taskIds[random.int(tasks.taskIds.length)]! },
      ...{ candidate: jobs[random.int(jobs.length)]!, label: at % 3 === 0 ? 1 : 0 },
    };
    answers.push(answerTo(server, JSON.stringify({ events: [event] })));
  }
  return Promise.all(answers);
}

async function answerTo(server: ServerProcess, body: string): Promise<number> {
  const sent = performance.now();
  const headers = { 'content-type': 'application/json' };
  const init = { method: 'POST', headers, body };
  const response = await fetch(`${server.url}/v1/events`, init).catch(() => undefined);
  await response?.text();
  return response?.status === 202 ? performance.now() - sent : NaN;
}

function summary(
  before: State,
  after: State,
  answers: readonly number[],
): Omit<FreshnessResult, 'kept' | 'seconds'> {
  const times = answers.filter((time) => !Number.isNaN(time));
  const buckets = new Map(
    [...after.buckets].map(([end, count]) => [end, count - (before.buckets.get(end) ?? 0)]),
  );
  return {
    perSecond: PER_SECOND,
    accepted: times.length,
    freshness: {
      p50: 1000 * quantileOf(buckets, 0.5),
      p99: 1000 * quantileOf(buckets, 0.99),
      within50: shareWithin(buckets, 0.05),
    },
    answer: { p50: quantile(times, 0.5), p99: quantile(times, 0.99) },
    processor: (after.processorMs - before.processorMs) / answers.length,
    failed: answers.length - times.length,
    load: loadavg()[0]!,
  };
}
