import { join } from 'node:path';
import { sources } from '../contenders.ts';
import { freePort, startServer, type ServerProcess } from '../server-process.ts';
import type { BundleName } from './reference.ts';

/** An answer of `POST /v1/score`. */
export interface ScoreAnswer {
  readonly scores: readonly number[];
  readonly bundle: BundleName;
}

/** An event as `POST /v1/events` takes it. */
export interface SentEvent {
  readonly id: string;
  readonly entity: string;
  readonly time: number;
  readonly candidate: string;
  readonly label: number;
}

/** A request that no answer came for, since the server was down. */
export class Unanswered extends Error {}

/** An event that the server does not take now: it says so, and the sender tries again. */
export class Refused extends Error {}

/** The server under test, which can be killed and comes back at the same address. */
export class SoakedServer {
  readonly #folder: string;
  readonly #port: number;
  #process: ServerProcess;
  /** Whether it was killed and does not answer yet. */
  #down = false;

  private constructor(folder: string, port: number, process: ServerProcess) {
    this.#folder = folder;
    this.#port = port;
    this.#process = process;
  }

  static async start(folder: string): Promise<SoakedServer> {
    const port = await freePort();
    return new SoakedServer(folder, port, await startOn(folder, port));
  }

  residentMiB(): Promise<number> {
    return this.#process.residentMiB();
  }

  /** `kill -9`, and a start on what is left. */
  async killAndRestart(): Promise<void> {
    this.#down = true;
    await this.#process.end('SIGKILL');
    this.#process = await startOn(this.#folder, this.#port);
    this.#down = false;
  }

  async score(entity: string, candidates: readonly string[]): Promise<ScoreAnswer> {
    const answer = await this.#post('/v1/score', { requests: [{ entity, candidates }] });
    return (answer as { results: readonly [ScoreAnswer] }).results[0];
  }

  /**
   * Settles when the event is accepted.
   * @throws Refused when the server is too busy, or its disk
   */
  async send(event: SentEvent): Promise<void> {
    await this.#post('/v1/events', { events: [event] }, [429, 503]);
  }

  async activate(bundle: BundleName): Promise<void> {
    await this.#post(`/v1/bundles/${bundle}/activate`, {});
  }

  close(): Promise<void> {
    return this.#process.end('SIGTERM');
  }

  /**
   * @param busy answers that are no defect
   * @throws Unanswered when the server was down meanwhile, Error for any answer but success
   */
  async #post(path: string, body: unknown, busy: readonly number[] = []): Promise<unknown> {
    const wasDown = this.#down;
    const process = this.#process;
    const response = await this.#fetch(path, body).catch((error: unknown) => {
      const excused = wasDown || this.#down || process !== this.#process;
      throw excused ? new Unanswered() : error;
    });
    const text = await response.text().catch(() => {
      throw new Unanswered();
    });
    if (response.ok) return JSON.parse(text);
    if (busy.includes(response.status)) throw new Refused();
    throw new Error(`${path} answered ${response.status}: ${text.slice(0, 300)}`);
  }

  #fetch(path: string, body: unknown): Promise<Response> {
    return fetch(`http://127.0.0.1:${this.#port}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(30_000),
    });
  }
}

function startOn(folder: string, port: number): Promise<ServerProcess> {
  const options = {
    bundles: join(folder, 'bundles'),
    plan: { shares: { first: 1 } },
    store: join(folder, 'stores', '{bundle}'),
    events: { location: join(folder, 'events') },
    port,
    logLevel: 'warn',
  };
  const args = [...sources('own-server.mjs'), JSON.stringify(options)];
  return startServer(process.execPath, args, port);
}
