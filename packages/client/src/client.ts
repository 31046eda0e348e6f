import { Caller, type CallOptions, type ClientOptions } from './caller.js';
import type {
  AdaptRequest,
  Adapted,
  BundleStatus,
  EntityEvent,
  EntityStatus,
  EventsAccepted,
  Ranked,
  RankRequest,
  ScoreRequest,
  Scores,
} from './types.js';

export type { CallOptions, ClientOptions } from './caller.js';

/**
 * Asks a limaml-server. Every method throws LIMAML_ERR_CLIENT_REFUSED, LIMAML_ERR_CLIENT_UNREACHABLE or
 * LIMAML_ERR_CLIENT_TIMEOUT, or the reason of an `AbortSignal`.
 */
export interface Client {
  /** Scores candidates for one entity, or for several, in one request. */
  score(request: ScoreRequest, options?: CallOptions): Promise<Scores>;
  scoreAll(requests: readonly ScoreRequest[], options?: CallOptions): Promise<Scores[]>;
  /** The best k candidates. */
  rank(request: RankRequest, options?: CallOptions): Promise<Ranked>;
  /** Adapts to events of the request and scores; nothing is stored. */
  adapt(request: AdaptRequest, options?: CallOptions): Promise<Adapted>;
  /** Tells what happened. It is safe to send events again: each counts once. */
  sendEvents(events: readonly EntityEvent[], options?: CallOptions): Promise<EventsAccepted>;
  /** What is known of an entity. */
  entity(type: string, id: string, options?: CallOptions): Promise<EntityStatus>;
  /** Forgets an entity; tells whether anything was known of it. */
  forget(type: string, id: string, options?: CallOptions): Promise<boolean>;
  bundles(options?: CallOptions): Promise<BundleStatus[]>;
  /** Serves a bundle: to all entities, to a `share` of them, or as a `shadow`. */
  activate(
    bundle: string,
    how?: { readonly share?: number; readonly shadow?: boolean },
    options?: CallOptions,
  ): Promise<BundleStatus[]>;
  /** Goes back to what served before a bundle. */
  rollback(bundle: string, options?: CallOptions): Promise<BundleStatus[]>;
}

/**
 * Makes a client of a server. It uses `fetch` alone, so it runs in Node and in browsers.
 *
 * @param url address of the server
 *
 * @example
 * ```ts
 * const client = createClient('http://localhost:8080', { token: 'secret' });
 * const { scores } = await client.score({ entity: 'member-7', candidates: ['job-1', 'job-2'] });
 * ```
 */
export function createClient(url: string, options: ClientOptions = {}): Client {
  const caller = new Caller(url, options);
  const scoreAll: Client['scoreAll'] = async (requests, call) =>
    (await caller.call<{ results: Scores[] }>('POST /v1/score', { body: { requests } }, call))
      .results;
  const bundleCall = async (
    route: Parameters<typeof caller.call>[0],
    given: Parameters<typeof caller.call>[1],
    call?: CallOptions,
  ): Promise<BundleStatus[]> =>
    (await caller.call<{ bundles: BundleStatus[] }>(route, given, call)).bundles;
  return {
    score: async (request, call) => (await scoreAll([request], call))[0]!,
    scoreAll,
    rank: (body, call) => caller.call('POST /v1/rank', { body }, call),
    adapt: (body, call) => caller.call('POST /v1/adapt', { body }, call),
    sendEvents: (events, call) => caller.call('POST /v1/events', { body: { events } }, call),
    entity: (type, id, call) =>
      caller.call('GET /v1/entities/{type}/{id}', { params: { type, id } }, call),
    forget: async (type, id, call) => {
      const route = 'DELETE /v1/entities/{type}/{id}';
      const answer = await caller.call<{ forgotten: boolean }>(
        route,
        { params: { type, id } },
        call,
      );
      return answer.forgotten;
    },
    bundles: (call) => bundleCall('GET /v1/bundles', {}, call),
    activate: (id, body = {}, call) =>
      bundleCall('POST /v1/bundles/{id}/activate', { params: { id }, body }, call),
    rollback: (id, call) => bundleCall('POST /v1/bundles/{id}/rollback', { params: { id } }, call),
  };
}
