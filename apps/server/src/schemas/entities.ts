import { Type, type Static } from 'typebox';
import type { Parts } from './parts.js';
import { origin } from './score.js';

export type EntityParams = Static<ReturnType<typeof entityParams>>;
export type EntityReply = Static<typeof entityReply>;

export function entityParams({ id }: Parts) {
  return Type.Object({ type: id, id });
}

export const entityReply = Type.Object(
  {
    stored: Type.Boolean({ description: 'Whether there is an embedding; else the prior is used.' }),
    version: origin.version,
    bundle: origin.bundle,
    variant: origin.variant,
    dim: Type.Integer({ description: 'Numbers of an embedding.' }),
    generatedAt: Type.Union([Type.String({ format: 'date-time' }), Type.Null()], {
      description: 'When the store version was begun; refreshes may be newer.',
    }),
    events: Type.Integer({ description: 'Recent events that its embedding is adapted to.' }),
    newestEvent: Type.Union([Type.Integer(), Type.Null()], {
      description: 'Time of the newest of them, in milliseconds since 1970.',
    }),
    pending: Type.Boolean({ description: 'Whether events wait to be adapted to.' }),
  },
  { description: 'What is known of an entity; never the embedding itself.' },
);

export const forgottenReply = Type.Object({
  forgotten: Type.Boolean({ description: 'Whether anything was known of it.' }),
});
