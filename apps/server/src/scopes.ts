/** What a route needs leave for: to score, to send events, or to change what the server does. */
export const SCOPES = ['score', 'events', 'admin'] as const;

/** One of {@link SCOPES}. */
export type Scope = (typeof SCOPES)[number];

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whom a route is for. Absent: anybody. */
    scope?: Scope;
  }
}
