import { createClient, createCluster, RESP_TYPES } from '@redis/client';
import { invalidOption, serverFailed } from '../errors.js';

/** A connection to one server or to a cluster. */
export interface Connection {
  /** Where it leads, without credentials. */
  readonly location: string;
  /** Whether commands are answered in the order they were sent: by one server, not by a cluster. */
  readonly ordered: boolean;
  /**
   * Sends a command. Those sent before control returns to the event loop go in one write.
   *
   * @param key the key it touches: says which server of a cluster is asked
   * @throws LIMAML_ERR_STORE_SERVER_FAILED when the server refuses it or is gone
   */
  send<Reply>(key: string, command: readonly Argument[]): Promise<Reply>;
  close(): Promise<void>;
}

/** Text and bytes; replies that are neither numbers nor lists come as bytes. */
export type Argument = string | Buffer;

const BYTES = { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } } as const;
const CONNECT_TIMEOUT_MS = 5000;
/** A request must not wait for a server that is gone: what is sent meanwhile fails at once. */
const FAIL_FAST = { disableOfflineQueue: true } as const;

/**
 * Connects to `redis://[user:password@]host[:port][/database]`, or `rediss://` for TLS.
 *
 * @param cluster whether the address is that of a node of a cluster
 * @throws LIMAML_ERR_STORE_OPTION_INVALID, LIMAML_ERR_STORE_SERVER_FAILED
 */
export async function connect(address: string, cluster: boolean): Promise<Connection> {
  const url = parseAddress(address);
  const location = `${url.protocol}//${url.host}${url.pathname}`;
  return cluster ? connectCluster(url, location) : connectServer(url, location);
}

function parseAddress(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url?.protocol === 'redis:' || url?.protocol === 'rediss:') return url;
  // The address itself may hold a password: it is not repeated.
  throw invalidOption(
    'location',
    '…',
    'redis://[user:password@]host[:port][/database], or rediss://',
  );
}

async function connectServer(url: URL, location: string): Promise<Connection> {
  const { socket, start } = socketOptions(location);
  const client = createClient({ url: url.href, socket, ...FAIL_FAST });
  await start(client);
  return {
    location,
    ordered: true,
    send: (_, command) => coded(location, client.sendCommand(command, BYTES)),
    close: () => client.close(),
  };
}

async function connectCluster(url: URL, location: string): Promise<Connection> {
  const { socket, start } = socketOptions(location);
  const { username, password } = url;
  const defaults = {
    ...FAIL_FAST,
    socket: { ...socket, ...(url.protocol === 'rediss:' && { tls: true as const }) },
    ...(username && { username: decodeURIComponent(username) }),
    ...(password && { password: decodeURIComponent(password) }),
  };
  const rootNodes = [{ url: url.href, socket, ...FAIL_FAST }];
  const cluster = createCluster({ rootNodes, defaults });
  await start(cluster);
  return {
    location,
    ordered: false,
    send: (key, command) => coded(location, cluster.sendCommand(key, false, [...command], BYTES)),
    close: () => cluster.close(),
  };
}

interface Client {
  connect(): Promise<unknown>;
  on(event: 'error', listener: () => void): unknown;
}

/** A server that is not there at the start is an error; one that is lost later on is waited for. */
function socketOptions(location: string) {
  let started = false;
  const reconnectStrategy = (retries: number, cause: Error): number | Error =>
    started ? Math.min(2 ** retries * 20, 2000) : cause;
  return {
    socket: { connectTimeout: CONNECT_TIMEOUT_MS, reconnectStrategy },
    start: async (client: Client): Promise<void> => {
      // Without a listener the loss of a connection would end the process; the commands that waited tell of it.
      client.on('error', () => undefined);
      await coded(location, client.connect());
      started = true;
    },
  };
}

async function coded<Reply>(location: string, reply: Promise<unknown>): Promise<Reply> {
  try {
    return (await reply) as Reply;
  } catch (cause) {
    throw serverFailed(location, cause);
  }
}
