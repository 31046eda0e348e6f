import type { StorePlugin } from '@limaml/plugin';
import type { Plan } from './deployment/deployment.js';
import type { AccessList } from './access/access.js';
import type { RateLimit } from './access/rate-limit.js';
import type { Limits } from './limits.js';

/** Where events come from and go to. */
export interface EventOptions {
  /** Event log: a folder (LMDB) or a `redis://` address. */
  readonly location: string;
  /** Begins every key of an event log on Redis. Default `limaml-events`. */
  readonly prefix?: string;
  /** Newest events of each entity that are kept. Default: as many as a support set holds. */
  readonly keep?: number;
  /** Age in milliseconds from which events are forgotten. Default: never. */
  readonly maxAgeMs?: number;
  /** Events that may wait for their refresh; more are refused with 429. Default 10 000. */
  readonly maxWaiting?: number;
  /** A Redis Stream to take events from too: JSON in the field `event` of each entry. */
  readonly stream?: {
    readonly location: string;
    readonly key: string;
    /** Consumer group. Default `limaml`. */
    readonly group?: string;
    /** Name in the group, another one for each server. Default: the name of the machine. */
    readonly consumer?: string;
  };
}

/** Files for HTTPS, in PEM. */
export interface TlsOptions {
  readonly cert: string;
  readonly key: string;
  /** Authority of client certificates: with it a client must show one (mTLS). */
  readonly clientCa?: string;
}

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
  /** Nearline refresh. Absent: the server takes no events. */
  readonly events?: EventOptions;
  /** Who may do what. Absent: everybody everything, on this machine only. */
  readonly access?: AccessList;
  /** How often each caller may ask. Absent: as often as it likes. */
  readonly rate?: RateLimit;
  readonly tls?: TlsOptions;
  /** Says that everybody may call from other machines: something in front asks who they are. Default false. */
  readonly open?: boolean;
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
