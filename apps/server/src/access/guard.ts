import type { FastifyInstance } from 'fastify';
import { forbidden, rateExceeded, unauthorised } from '../errors.js';
import type { Metrics } from '../metrics.js';
import { createIdentify, type AccessList, type Caller } from './access.js';
import { createRateLimiter, type RateLimit } from './rate-limit.js';

/** Whom a server lets in. */
export interface GuardOptions {
  /** Absent: everybody, for everything. */
  readonly access?: AccessList | undefined;
  /** Absent: as often as they like. */
  readonly rate?: RateLimit | undefined;
}

const ANYBODY: Caller = { name: 'anybody', scopes: new Set(['score', 'events', 'admin']) };

/** Asks every request to a route with a scope who it is from, before its body is read. */
export function guardRoutes(app: FastifyInstance, options: GuardOptions, metrics: Metrics): void {
  const identify = options.access && createIdentify(options.access);
  const waitOf = options.rate && createRateLimiter(options.rate);
  if (identify === undefined && waitOf === undefined) return;
  app.addHook('onRequest', (request, _, done) => {
    const { scope } = request.routeOptions.config;
    if (scope === undefined) {
      done();
      return;
    }
    const caller = identify === undefined ? ANYBODY : identify(request.raw);
    const wait = waitOf?.(isNamed(caller) ? caller.name : request.ip) ?? 0;
    if (wait > 0) metrics.refused('rate');
    if (wait > 0) done(rateExceeded(wait));
    else if (caller === undefined) done(unauthorised());
    else done(caller.scopes.has(scope) ? undefined : forbidden(scope));
  });
}

/** Strangers, and everybody where nobody is asked, are told apart by their address. */
function isNamed(caller: Caller | undefined): caller is Caller {
  return caller !== undefined && caller !== ANYBODY;
}
