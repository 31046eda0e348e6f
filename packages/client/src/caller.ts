import { requestRefused, serverUnreachable, timedOut } from './errors.js';

/** Options of {@link createClient}. */
export interface ClientOptions {
  /** Bearer token. Default: none. */
  readonly token?: string;
  /** Milliseconds that one try may take. Default 10 000. */
  readonly timeoutMs?: number;
  /** How often a request is tried again after 429, 503 or a lost connection. Default 3. */
  readonly retries?: number;
  /** Milliseconds before the first of these; doubled for each further one. `Retry-After` counts more. Default 100. */
  readonly backoffMs?: number;
  /** What asks instead of the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch;
}

/** Options of one call. */
export interface CallOptions {
  /** Ends the call, whatever it is waiting for. */
  readonly signal?: AbortSignal;
}

/** Routes of the OpenAPI document that the client uses. */
export type Route =
  | 'POST /v1/score'
  | 'POST /v1/rank'
  | 'POST /v1/adapt'
  | 'POST /v1/events'
  | 'GET /v1/entities/{type}/{id}'
  | 'DELETE /v1/entities/{type}/{id}'
  | 'GET /v1/bundles'
  | 'POST /v1/bundles/{id}/activate'
  | 'POST /v1/bundles/{id}/rollback';

/** Changing which bundle serves is no request to be sent twice. */
const SENT_ONCE: readonly Route[] = [
  'POST /v1/bundles/{id}/activate',
  'POST /v1/bundles/{id}/rollback',
];
const TRY_AGAIN: readonly number[] = [429, 503];

/** What fills a route. */
export interface Given {
  readonly params?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** Sends requests, again where that helps. */
export class Caller {
  readonly #url: string;
  readonly #options: ClientOptions;

  constructor(url: string, options: ClientOptions) {
    this.#url = url.replace(/\/+$/, '');
    this.#options = options;
  }

  /** Asks until there is an answer that trying again would not better. */
  async call<Answer>(route: Route, given: Given, options: CallOptions = {}): Promise<Answer> {
    const { retries = 3, backoffMs = 100 } = this.#options;
    const tries = SENT_ONCE.includes(route) ? 1 : retries + 1;
    for (let at = 1; ; at++) {
      const answer = await this.#try(route, given, options).catch((error: unknown) => {
        if (at >= tries || options.signal?.aborted) throw error;
        return undefined;
      });
      if (answer?.ok) return (await answer.json()) as Answer;
      const isLast = at >= tries || (answer !== undefined && !TRY_AGAIN.includes(answer.status));
      if (isLast) throw await refusal(answer!);
      await pause(retryAfter(answer) ?? backoffMs * 2 ** (at - 1), options.signal);
    }
  }

  async #try(route: Route, { params = {}, body }: Given, { signal }: CallOptions) {
    const { timeoutMs = 10_000, token, fetch = globalThis.fetch } = this.#options;
    const [method, path] = route.split(' ') as [string, string];
    const timeout = AbortSignal.timeout(timeoutMs);
    const filled = path.replace(/\{(\w+)\}/g, (_, name: string) =>
      encodeURIComponent(params[name]!),
    );
    try {
      return await fetch(`${this.#url}${filled}`, {
        method,
        headers: {
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
      });
    } catch (error) {
      signal?.throwIfAborted();
      throw timeout.aborted ? timedOut(timeoutMs) : serverUnreachable(error);
    }
  }
}

async function refusal(answer: Response) {
  const body = (await answer.json().catch(() => ({}))) as { error?: Record<string, string> };
  return requestRefused(answer.status, body.error ?? {});
}

/** Milliseconds that a server asks to wait. */
function retryAfter(answer: Response | undefined): number | undefined {
  const seconds = Number(answer?.headers.get('retry-after') ?? NaN);
  return Number.isFinite(seconds) ? seconds * 1000 : undefined;
}

function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort);
      resolve();
    }, milliseconds);
    function abort(): void {
      clearTimeout(timer);
      reject(signal!.reason as Error);
    }
    if (signal?.aborted) abort();
    else signal?.addEventListener('abort', abort, { once: true });
  });
}
