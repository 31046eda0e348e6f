import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import type { Services } from '../services.js';

const status = Type.Object({ status: Type.String() });

/** `GET /healthz`, `/readyz` and `/metrics`. */
export function healthRoutes(app: FastifyInstance, { isReady, metrics }: Services): void {
  const alive = {
    summary: 'Whether the process runs',
    tags: ['operate'],
    response: { 200: status },
  };
  app.get('/healthz', { schema: alive }, () => ({ status: 'ok' }));
  const ready = {
    summary: 'Whether the server takes requests',
    tags: ['operate'],
    response: { 200: status, 503: status },
  };
  app.get('/readyz', { schema: ready }, (_, reply) =>
    isReady() ? { status: 'ready' } : reply.code(503).send({ status: 'closing' }),
  );
  const counted = {
    summary: 'Metrics for Prometheus',
    tags: ['operate'],
    produces: ['text/plain'],
  };
  app.get('/metrics', { schema: counted }, async (_, reply) =>
    reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  );
}
