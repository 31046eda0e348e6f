import { LimamlError } from '@limaml/errors';

export function bodyInvalid(path: string, problem: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_SERVER_BODY_INVALID',
    what: `The request is not valid: ${problem}`,
    where: { path },
    expected: 'what the OpenAPI document of this server says (/openapi.json)',
    fix: 'Correct the field that the path names',
  });
}

export function bodyUnreadable(problem: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_SERVER_BODY_UNREADABLE',
    what: `The body cannot be read: ${problem}`,
    fix: 'Send well-formed JSON with content-type application/json, or an Arrow IPC stream where the route takes one',
  });
}

export function bodyTooLarge(limit: number): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_SERVER_BODY_TOO_LARGE',
    what: 'The body is too large',
    expected: `at most ${limit} bytes`,
    fix: 'Split the request, or raise the limit bodyBytes of the server',
  });
}

export function routeUnknown(): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_SERVER_ROUTE_UNKNOWN',
    what: 'There is nothing at this address',
    expected: 'a route of the OpenAPI document (/openapi.json)',
    fix: 'Check method and path',
  });
}

export function internalError(): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_SERVER_INTERNAL',
    what: 'The server failed to answer',
    fix: 'Look for the request id in the log of the server',
  });
}

export function timedOut(milliseconds: number): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_SERVER_TIMEOUT',
    what: 'The request took too long',
    expected: `an answer within ${milliseconds} ms`,
    fix: 'Try again later, or send fewer candidates at once',
  });
}

export function bundleUnknown(): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_SERVER_BUNDLE_UNKNOWN',
    what: 'There is no bundle of this name',
    expected: 'a name that GET /v1/bundles lists',
    fix: 'Put the bundle into the folder of --bundles first',
  });
}

export function nothingToRollBack(): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_SERVER_ROLLBACK_IMPOSSIBLE',
    what: 'There is nothing to roll back',
    expected: 'the name of a bundle that serves, activated while the server runs',
    fix: 'Activate the bundle you want (POST /v1/bundles/:id/activate)',
  });
}

export function optionInvalid(option: string, got: string, expected: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_SERVER_OPTION_INVALID',
    what: `Option ${option} got ${got}`,
    where: { option },
    expected,
    fix: 'Correct the command line or the configuration file',
  });
}

export function noBundle(): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_SERVER_NO_BUNDLE',
    what: 'The folder holds no bundle to serve',
    expected: 'at least one folder that exportBundle wrote',
    fix: 'Export a run first (limaml export RUN --out DIR)',
  });
}

export function unauthorised(): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_SERVER_UNAUTHORISED',
    what: 'The caller is not known',
    expected: 'a bearer token or a client certificate of the access list',
    fix: 'Send the header "authorization: Bearer …"',
  });
}

export function forbidden(scope: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_SERVER_FORBIDDEN',
    what: 'The caller may not do this',
    expected: `the scope "${scope}"`,
    fix: 'Use a token with this scope, or add the scope to the access list',
  });
}

export function rateExceeded(seconds: number): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_SERVER_RATE_EXCEEDED',
    what: 'The caller asks too often',
    where: { retryAfter: Math.ceil(seconds) },
    fix: 'Wait as long as the header Retry-After says',
  });
}

export function bindRefused(host: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_SERVER_BIND_REFUSED',
    what: 'The server would take requests of everybody from other machines',
    where: { host },
    expected: 'an access list, or an address of this machine alone (127.0.0.1)',
    fix: 'Pass --access FILE; where something in front asks who calls, --open says that this is meant',
  });
}

export function eventsOff(): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_SERVER_EVENTS_OFF',
    what: 'This server takes no events',
    expected: 'a server that was started with --events LOCATION',
    fix: 'Start it with --events, or send the events to one that was',
  });
}

export function entityUnknown(): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_SERVER_ENTITY_UNKNOWN',
    what: 'Nothing is known of this entity',
    expected: 'an entity with an embedding or with events, of a type that a bundle adapts',
    fix: 'Check type and id; scores need no embedding, an entity without one gets its prior',
  });
}

export function bundleNotReady(): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_SERVER_BUNDLE_NOT_READY',
    what: 'The bundle has no embeddings yet, or its store holds those of another one',
    expected: 'a store that was generated with this bundle',
    fix: 'Run limaml generate with this bundle and its store first',
  });
}
