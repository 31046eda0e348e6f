import { z } from 'zod';

const edges = z.array(z.number().positive());

const divisions = z.strictObject({
  /** Support sizes at which a new cohort begins: [15, 40] makes <15, 15–39 and ≥40. */
  support: z.array(z.int().positive()).default([]),
  /** Days between the newest support row and the first query row at which a new cohort begins. */
  recency: edges.default([]),
  /** Features of the entity: a cohort for each of the largest categories, or thirds of a number. */
  features: z.array(z.string().min(1)).default([]),
  /** Whether training saw the entity. */
  known: z.boolean().default(false),
});

/** Into which groups test tasks are divided; a list means `{ support: list }`. */
export const cohortsSchema = z.union([
  divisions,
  z.array(z.int().positive()).transform((support) => divisions.parse({ support })),
]);
