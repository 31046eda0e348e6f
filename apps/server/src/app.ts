import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import Fastify, { LogController, type FastifyInstance, type FastifyServerOptions } from 'fastify';
import { randomUUID } from 'node:crypto';
import { limitTime } from './deadlines.js';
import { answerError, errorBodyOf } from './error-body.js';
import { routeUnknown } from './errors.js';
import { readJsonBodies } from './json-body.js';
import type { ServerOptions } from './options.js';
import { guardRoutes } from './access/guard.js';
import { adaptRoute } from './routes/adapt.js';
import { bundleRoutes } from './routes/bundles.js';
import { entityRoutes } from './routes/entities.js';
import { eventsRoute } from './routes/events.js';
import { healthRoutes } from './routes/health.js';
import { rankRoute } from './routes/rank.js';
import { scoreRoute } from './routes/score.js';
import type { Services } from './services.js';
import { readTls } from './tls.js';
import { readVersion } from './version.js';

const ROUTES = [
  scoreRoute,
  rankRoute,
  adaptRoute,
  eventsRoute,
  entityRoutes,
  bundleRoutes,
  healthRoutes,
];

/** Request ids of a client are taken as they are when they are plain. */
const REQUEST_ID = /^[\w-]{1,64}$/;

/** Makes the Fastify application: hooks, routes, documents. */
export async function buildApp(
  services: Services,
  options: ServerOptions,
): Promise<FastifyInstance> {
  const app = Fastify(fastifyOptions(services, options));
  app.setErrorHandler(answerError(services.limits));
  app.setNotFoundHandler((request, reply) =>
    reply.code(404).send(errorBodyOf(routeUnknown(), request.id)),
  );
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unknown';
    services.metrics.request(route, reply.statusCode, reply.elapsedTime / 1000);
    done();
  });
  app.addHook('onSend', (_, reply, payload, done) => {
    // A connection that stays open after its answer would keep the server from closing.
    if (!services.isReady()) reply.header('connection', 'close');
    done(null, payload);
  });
  readJsonBodies(app);
  limitTime(app, services.limits);
  guardRoutes(app, options, services.metrics);
  await documentRoutes(app);
  for (const add of ROUTES) add(app, services);
  return app;
}

function fastifyOptions(
  { limits, logger }: Services,
  options: ServerOptions,
): FastifyServerOptions {
  return {
    bodyLimit: limits.bodyBytes,
    requestTimeout: limits.timeoutMs,
    logController: new LogController({ disableRequestLogging: options.logRequests !== true }),
    genReqId: ({ headers }) => {
      const given = headers['x-request-id'];
      return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
    },
    // A body is taken as it is or refused: nothing is converted, dropped or filled in.
    ajv: {
      customOptions: {
        ...{ coerceTypes: false, removeAdditional: false, useDefaults: false },
        allowUnionTypes: true,
        // Lengths are those of JavaScript. To count characters takes most of the time of a body of features; ajv logs that
        // it would rather do that.
        ...{ unicode: false, logger: false },
      },
    },
    // Requests on connections that are open are still answered while the server closes.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    loggerInstance: logger,
    ...serverOptions(limits, options),
  };
}

/** Node looks for requests that do not end every 30 seconds, unless it is told to look sooner. */
function serverOptions({ timeoutMs }: Services['limits'], { tls }: ServerOptions) {
  const connectionsCheckingInterval = Math.ceil(timeoutMs / 4);
  return tls === undefined
    ? { http: { connectionsCheckingInterval } }
    : { https: { ...readTls(tls), connectionsCheckingInterval } };
}

async function documentRoutes(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'LiMAML', version: readVersion(), license: { name: 'Apache-2.0' } },
    },
  });
  await app.register(swaggerUi, { routePrefix: '/docs', staticCSP: true });
  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger());
}
