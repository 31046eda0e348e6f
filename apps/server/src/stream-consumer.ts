import { isLimamlError } from '@limaml/errors';
import type { Acceptance, Refresher } from '@limaml/serving';
import type { EntityEvent, EventStream, StreamEntry } from '@limaml/store';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import type { Metrics } from './metrics.js';
import { entityEvent } from './routes/events.js';
import type { EventsBody } from './schemas/events.js';

/** Entries that are read at once. */
const ENTRIES_AT_ONCE = 200;
const RETRY_AFTER_MS = 250;

/** Feeds a refresher from a stream until it is closed. */
export interface StreamConsumer {
  close(): Promise<void>;
}

/** What a consumer is made of. */
export interface StreamConsumerOptions {
  readonly stream: EventStream;
  readonly refresher: Refresher;
  readonly schema: TSchema;
  readonly metrics: Metrics;
  readonly onError: (error: unknown) => void;
}

/**
 * Takes the events of a stream: an entry is acknowledged when its event is in the log, so a crash reads it
 * again. One that is no event is counted, logged and acknowledged, or it would come for ever.
 */
export function consumeStream(options: StreamConsumerOptions): StreamConsumer {
  const { stream, onError } = options;
  const closing = new AbortController();
  const isClosing = (): boolean => closing.signal.aborted;
  const parse = createParser(options);
  const consuming = (async () => {
    while (!isClosing()) {
      try {
        await consumeSome(options, parse);
      } catch (error) {
        if (isClosing()) return;
        onError(error);
        await sleep(RETRY_AFTER_MS, undefined, closing).catch(() => undefined);
      }
    }
  })();
  return {
    close: async () => {
      closing.abort();
      await stream.close();
      await consuming;
    },
  };
}

async function consumeSome(
  { stream, refresher, metrics }: StreamConsumerOptions,
  parse: (entry: StreamEntry) => EntityEvent | undefined,
): Promise<void> {
  const entries = await stream.read(ENTRIES_AT_ONCE);
  const events = entries.flatMap((entry) => parse(entry) ?? []);
  if (events.length > 0) metrics.accepted(await acceptAtLast(refresher, events));
  await stream.acknowledge(entries.map(({ id }) => id));
}

/** While the queue is full the entries wait here: read already, they would not come again soon. */
async function acceptAtLast(
  refresher: Refresher,
  events: readonly EntityEvent[],
): Promise<Acceptance> {
  for (;;) {
    try {
      return await refresher.accept(events);
    } catch (error) {
      if (!isQueueFull(error)) throw error;
      await sleep(RETRY_AFTER_MS);
    }
  }
}

function createParser({ schema, metrics, onError }: StreamConsumerOptions) {
  const checked = Compile(schema);
  return ({ event = '' }: StreamEntry): EntityEvent | undefined => {
    try {
      const value: unknown = JSON.parse(event);
      if (checked.Check(value)) return entityEvent(value as EventsBody['events'][number]);
      const [problem] = checked.Errors(value);
      throw new Error(`${problem?.instancePath ?? ''}: ${problem?.message ?? 'not valid'}`);
    } catch (error) {
      metrics.refused('stream-entry');
      onError(error);
      return undefined;
    }
  };
}

function isQueueFull(error: unknown): boolean {
  return isLimamlError(error) && error.code === 'LIMAML_ERR_SERVING_QUEUE_FULL';
}
