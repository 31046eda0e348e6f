import type { EntityEvent } from '@limaml/store';
import type { FastifyInstance } from 'fastify';
import { eventsOff } from '../errors.js';
import { eventsBody, eventsReply, type EventsBody } from '../schemas/events.js';
import { errorBody } from '../schemas/parts.js';
import type { Services } from '../services.js';

/** `POST /v1/events`. */
export function eventsRoute(app: FastifyInstance, services: Services): void {
  const { refresher, limits, parts, metrics } = services;
  const schema = {
    summary: 'Tell what happened; embeddings follow within milliseconds',
    description:
      'Answers when the events are on the disk. 429 says that too many wait: send them again.',
    tags: ['events'],
    body: eventsBody(parts, limits),
    response: { 202: eventsReply, default: errorBody },
  };
  app.post<{ Body: EventsBody }>(
    '/v1/events',
    { schema, config: { scope: 'events' } },
    async ({ body }, reply) => {
      if (refresher === undefined) throw eventsOff();
      const acceptance = await refresher.accept(body.events.map(entityEvent));
      metrics.accepted(acceptance);
      return reply.code(202).send(acceptance);
    },
  );
}

/** An event of a request, or of a stream, as the log keeps it. */
export function entityEvent(event: EventsBody['events'][number]): EntityEvent {
  const { id, entity, time = Date.now(), profile, ...body } = event;
  return { id, entity, time, body, profile };
}
