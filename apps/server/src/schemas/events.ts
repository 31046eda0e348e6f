import { Type, type Static } from 'typebox';
import type { Limits } from '../limits.js';
import { eventFields } from './adapt.js';
import type { Parts } from './parts.js';

export type EventsBody = Static<ReturnType<typeof eventsBody>>;

/** Times up to the year 6400: what an event log keeps. */
const LAST_TIME = 2 ** 47 - 1;

export function eventSchema(parts: Parts) {
  return Type.Object(
    {
      id: Type.String({
        minLength: 1,
        maxLength: 64,
        description: 'Unique for the entity: an event that is sent again counts once.',
      }),
      entity: parts.id,
      time: Type.Optional(
        Type.Integer({
          minimum: 0,
          maximum: LAST_TIME,
          description: 'When it happened, in milliseconds since 1970. Default: now.',
        }),
      ),
      profile: Type.Optional(
        Type.With(parts.record, { description: 'Features of the entity from now on.' }),
      ),
      ...eventFields(parts),
    },
    { additionalProperties: false },
  );
}

export function eventsBody(parts: Parts, limits: Limits) {
  return Type.Object(
    { events: Type.Array(eventSchema(parts), { minItems: 1, maxItems: limits.events }) },
    { additionalProperties: false },
  );
}

export const eventsReply = Type.Object({
  accepted: Type.Integer({ description: 'New events; they are on the disk.' }),
  repeated: Type.Integer({ description: 'Events that had come before.' }),
});
