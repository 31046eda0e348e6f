import type { StorePlugin } from '@limaml/plugin';
import type { Plan } from './deployment/deployment.js';
import type { Limits } from './limits.js';

/** Options of {@link createServer}. */
export interface ServerOptions {
  /** Folder of the bundle to serve. Either this or `bundles`. */
  readonly bundle?: string;
  /** Folder of bundles, any of which can be activated by the name of its folder. */
  readonly bundles?: string;
  /**
   * Which of `bundles` serve, with the share of the entities each gets, and which is scored beside them.
   * Default: `bundle`, or the newest of `bundles`.
   */
  readonly plan?: Plan;
  /**
   * Where the meta embeddings are: a folder (LMDB) or a `redis://` address. `{bundle}` stands for the name
   * of the bundle, so that each has a store of its own.
   */
  readonly store: string;
  /** Begins every key of a Redis store; `{bundle}` stands for the name of the bundle. Default `limaml`. */
  readonly storePrefix?: string;
  /** Opens stores of another kind than LMDB and Redis. */
  readonly storePlugin?: StorePlugin;
  /** Address to listen at. Default `127.0.0.1`: this machine only. */
  readonly host?: string;
  /** Port to listen at; 0 takes a free one. Default 8080. */
  readonly port?: number;
  /** Worker threads that run the models. Default 0: the thread that serves. */
  readonly workers?: number;
  /** How long a request waits for a batch that is running, at most, in milliseconds. Default 1. */
  readonly maxDelayMs?: number;
  readonly limits?: Partial<Limits>;
  /** Least level that is logged: `trace`, `debug`, `info`, `warn`, `error`, `fatal`, `silent`. Default `info`. */
  readonly logLevel?: string;
  /** Whether every request is logged. Default false: those that fail. */
  readonly logRequests?: boolean;
}
