import type { FastifyInstance, FastifyReply } from 'fastify';
import { timedOut } from './errors.js';
import type { Limits } from './limits.js';

/** How often it is looked whether a request takes too long, in the time that one has. */
const LOOKS = 10;

/**
 * Answers requests that take too long. All are looked at together now and then: a timer and an abort signal for each,
 * as Fastify makes them, take a twentieth of the time of a small request.
 */
export function limitTime(app: FastifyInstance, { timeoutMs }: Limits): void {
  // In the order they came, so that the first that is young enough ends the search.
  const open = new Set<FastifyReply>();
  app.addHook('onRequest', (_, reply, done) => {
    open.add(reply);
    done();
  });
  app.addHook('onResponse', (_, reply, done) => {
    open.delete(reply);
    done();
  });
  const endLate = (): void => {
    for (const reply of open) {
      if (reply.elapsedTime < timeoutMs) break;
      open.delete(reply);
      if (reply.sent || reply.raw.headersSent) continue;
      // What is left of a body that does not come would keep the connection, and the server, from closing.
      void reply.header('connection', 'close').send(timedOut(timeoutMs));
    }
  };
  const timer = setInterval(endLate, Math.ceil(timeoutMs / LOOKS)).unref();
  app.addHook('onClose', (_, done) => {
    clearInterval(timer);
    done();
  });
}
