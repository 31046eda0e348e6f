import { startRefresher, type Refresher } from '@limaml/serving';
import { openEventLog, openEventStream, type EventLog } from '@limaml/store';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Deployments } from './deployment/deployments.js';
import type { Generation } from './deployment/generation.js';
import type { Metrics } from './metrics.js';
import type { EventOptions } from './options.js';
import { eventSchema } from './schemas/events.js';
import type { Parts } from './schemas/parts.js';
import { consumeStream, type StreamConsumer } from './stream-consumer.js';

const PRUNE_EVERY_MS = 3_600_000;
/** How long an end of the server waits for events that wait. */
const DRAIN_MS = 2000;

/** Everything that turns events into embeddings. */
export interface Nearline {
  readonly refresher: Refresher;
  readonly events: EventLog;
  close(): Promise<void>;
}

/** What it is made of. */
export interface NearlineParts {
  readonly deployments: Deployments;
  readonly metrics: Metrics;
  readonly parts: Parts;
  readonly logger: Logger;
}

/** Opens the event log, finishes what a crash left there, and joins the stream where there is one. */
export async function openNearline(options: EventOptions, given: NearlineParts): Promise<Nearline> {
  const { everyGeneration } = given.deployments.current;
  await Promise.all(everyGeneration.map(publishFirst));
  const support = Math.max(...everyGeneration.map(({ target }) => target.support));
  const events = await openEventLog(options.location, logOptions(options, support));
  const refresher = await refresh(events, options, given);
  const consumer = await joinStream(options, given, refresher);
  const stopPruning = pruneSometimes(events, given.logger);
  const close = async (): Promise<void> => {
    stopPruning();
    await consumer?.close();
    // What is not served by then is still in the log: the next process does it.
    await Promise.race([refresher.idle(), sleep(DRAIN_MS, undefined, { ref: false })]);
    await refresher.close();
    await events.close();
  };
  return { refresher, events, close };
}

function logOptions({ keep, maxAgeMs, prefix }: EventOptions, support: number) {
  return {
    keep: keep ?? support,
    ...(maxAgeMs !== undefined && { maxAgeMs }),
    ...(prefix !== undefined && { prefix }),
  };
}

async function refresh(
  log: EventLog,
  { maxWaiting }: EventOptions,
  { deployments, metrics, logger }: NearlineParts,
): Promise<Refresher> {
  const refresher = await startRefresher({
    log,
    use: (work) =>
      deployments.use(({ everyGeneration }) => work(everyGeneration.map(({ target }) => target))),
    ...(maxWaiting !== undefined && { maxWaiting }),
    onRefreshed: (report) => {
      metrics.refreshed(report);
    },
    onError: (error) => {
      metrics.refreshFailed();
      logger.error({ err: error }, 'refresh failed; it is tried again');
    },
  });
  const help = 'Events that wait for their refresh';
  metrics.watch('limaml_events_waiting', help, () => refresher.waiting);
  return refresher;
}

/** @returns ends it */
function pruneSometimes(events: EventLog, logger: Logger): () => void {
  const timer = setInterval(() => {
    events.prune().catch((error: unknown) => {
      logger.error({ err: error }, 'old events could not be deleted');
    });
  }, PRUNE_EVERY_MS).unref();
  return () => {
    clearInterval(timer);
  };
}

/** Vectors need a version to go to, also before the first generation. */
async function publishFirst({ bundle, store }: Generation): Promise<void> {
  const { entity, fingerprint, embedding } = bundle.manifest;
  if ((await store.current(entity)) !== undefined) return;
  const writer = await store.begin({ entity, bundle: fingerprint, dim: embedding.dim });
  await writer.publish();
}

async function joinStream(
  { stream }: EventOptions,
  { metrics, parts, logger }: NearlineParts,
  refresher: Refresher,
): Promise<StreamConsumer | undefined> {
  if (stream === undefined) return undefined;
  const { group = 'limaml', consumer = hostname() } = stream;
  return consumeStream({
    stream: await openEventStream(stream.location, { stream: stream.key, group, consumer }),
    refresher,
    schema: eventSchema(parts),
    metrics,
    onError: (error) => {
      logger.error({ err: error }, 'the stream could not be read, or holds something else');
    },
  });
}
