import { z } from 'zod';

const positiveInt = z.int().positive();

/** When embeddings are made again from the newest events. */
const policy = z.union([
  z.enum(['prior', 'never', 'daily', 'event']),
  z.strictObject({ hours: z.number().positive() }),
  z.strictObject({ events: positiveInt }),
]);

/** How a log is replayed behind the cut of the main test set, to see what fresh embeddings are worth. */
export const freshnessSchema = z.strictObject({
  /**
   * When embeddings are refreshed. `'prior'`: none is ever made; `'never'`: once, at the cut; `'daily'`, `{ hours }`,
   * `{ events }`: at the cut and after every so many hours or events of the entity; `'event'`: after every event, so
   * that every row is scored with all that was known before it.
   */
  policies: z.array(policy).min(1).default(['never', 'daily', 'event']),
  /** What the distance of a row from the cut is counted in: days, or events of the entity. */
  unit: z.enum(['days', 'events']).default('days'),
  /** Distances at which a new bin of rows begins; the first bin begins at 0. */
  distances: z.array(z.number().positive()).min(1).default([1, 2, 7, 14, 30]),
  /** Rows of an entity from the cut on that are scored, at most. */
  maxQuery: positiveInt.default(200),
  /**
   * Rows of an entity that follow each other within so many seconds were shown together. They are scored with the
   * same embedding, which knows of none of them, and ranked as one slate. 0 puts equal timestamps together.
   */
  together: z.number().nonnegative().default(0),
});
