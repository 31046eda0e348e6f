import { createClient } from '@redis/client';
import { invalidOption, serverFailed } from '../errors.js';

/** Options of {@link openEventStream}. */
export interface EventStreamOptions {
  /** Key of the stream. */
  readonly stream: string;
  /** Consumer group; made at the first event of the stream where there is none. */
  readonly group: string;
  /** Name of this consumer, unique in the group; after a crash one of the same name gets what it had not acknowledged. */
  readonly consumer: string;
}

/** An entry of a stream. */
export interface StreamEntry {
  readonly id: string;
  /** The field `event`: JSON. */
  readonly event: string | undefined;
}

/** A consumer of a Redis Stream: every entry goes to one consumer of the group, again until it is acknowledged. */
export interface EventStream {
  /** Waits for entries: first those that were read before and not acknowledged. None after a while, or once closed. */
  read(count: number): Promise<readonly StreamEntry[]>;
  acknowledge(ids: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/** How long a read waits: an end of it lets `close` through. */
const BLOCK_MS = 500;
/** Entries that a consumer left for so long are another's. */
const ABANDONED_MS = 60_000;

/**
 * Joins the consumer group of a Redis Stream.
 *
 * @throws LIMAML_ERR_STORE_OPTION_INVALID, LIMAML_ERR_STORE_SERVER_FAILED
 *
 * @example
 * ```ts
 * const stream = await openEventStream('redis://localhost:6379', { stream: 'clicks', group: 'limaml', consumer: 'a' });
 * const entries = await stream.read(100);
 * await stream.acknowledge(entries.map(({ id }) => id));
 * ```
 */
export async function openEventStream(
  address: string,
  options: EventStreamOptions,
): Promise<EventStream> {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined) throw invalidOption('location', '…', 'redis://host:port, or rediss://');
  // In this version of the protocol entries come as lists.
  const client = createClient({ url: address, RESP: 2 });
  client.on('error', () => undefined);
  const send = async <Reply>(command: readonly string[]): Promise<Reply> => {
    try {
      return await client.sendCommand<Reply>(command);
    } catch (cause) {
      throw serverFailed(url.host, cause);
    }
  };
  await client.connect().catch((cause: unknown) => {
    throw serverFailed(url.host, cause);
  });
  await makeGroup(send, options);
  return new GroupConsumer(send, options, () => {
    client.destroy();
  });
}

type Send = <Reply>(command: readonly string[]) => Promise<Reply>;
/** Entries as the server sends them: id, fields and values in turn; nothing for one that was trimmed. */
type RawEntries = [id: string, fields: string[] | null][];

async function makeGroup(send: Send, { stream, group }: EventStreamOptions): Promise<void> {
  const groups = send(['XGROUP', 'CREATE', stream, group, '0', 'MKSTREAM']);
  await groups.catch((error: unknown) => {
    // There is one already.
    if (!String(error).includes('BUSYGROUP')) throw error;
  });
}

class GroupConsumer implements EventStream {
  readonly #send: Send;
  readonly #options: EventStreamOptions;
  readonly #disconnect: () => void;
  /** Where to read on in what this consumer has not acknowledged; '>' once that is through. */
  #from = '0';

  constructor(send: Send, options: EventStreamOptions, disconnect: () => void) {
    this.#send = send;
    this.#options = options;
    this.#disconnect = disconnect;
  }

  async read(count: number): Promise<readonly StreamEntry[]> {
    const abandoned = await this.#claim(count);
    if (abandoned.length > 0) return abandoned;
    const { stream, group, consumer } = this.#options;
    const waiting = this.#from === '>' ? ['BLOCK', String(BLOCK_MS)] : [];
    const reply = await this.#send<[string, RawEntries][] | null>([
      ...['XREADGROUP', 'GROUP', group, consumer, 'COUNT', String(count), ...waiting],
      ...['STREAMS', stream, this.#from],
    ]);
    const entries = (reply?.flat() as [string, RawEntries] | undefined)?.[1] ?? [];
    if (this.#from !== '>') this.#from = entries.at(-1)?.[0] ?? '>';
    return entries.map(entryOf);
  }

  async acknowledge(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await this.#send(['XACK', this.#options.stream, this.#options.group, ...ids]);
  }

  async close(): Promise<void> {
    this.#disconnect();
  }

  /** Entries of consumers that died. */
  async #claim(count: number): Promise<readonly StreamEntry[]> {
    const { stream, group, consumer } = this.#options;
    const [, entries] = await this.#send<[string, RawEntries]>([
      ...['XAUTOCLAIM', stream, group, consumer, String(ABANDONED_MS), '0'],
      ...['COUNT', String(count)],
    ]);
    return entries.map(entryOf);
  }
}

function entryOf([id, fields]: RawEntries[number]): StreamEntry {
  const at = fields?.findIndex((field, place) => place % 2 === 0 && field === 'event') ?? -1;
  return { id, event: at < 0 ? undefined : fields![at + 1] };
}
