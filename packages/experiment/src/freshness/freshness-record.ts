import { z } from 'zod';

const part = {
  /** Entities that have rows in it. */
  tasks: z.int(),
  rows: z.int(),
  /** Embeddings made to score its rows: what the policy costs. */
  adaptations: z.int(),
  /** Share of the rows whose embedding is not the prior. */
  coverage: z.number(),
  metrics: z.record(z.string(), z.number().nullable()),
};

const partSchema = z.strictObject(part);

const policySchema = z.strictObject({
  policy: z.string(),
  /** All rows of the replay. */
  overall: partSchema,
  /** Rows by their distance from the cut; bins without rows are left out. */
  points: z
    .array(z.strictObject({ distance: z.number(), below: z.number().nullable(), ...part }))
    .readonly(),
  /** Rows by day after the cut, where all tasks are cut at one moment. */
  days: z.array(z.strictObject({ day: z.int(), ...part })).readonly(),
});

/** What a replay came to in one run. */
export const freshnessCardSchema = z.strictObject({
  unit: z.enum(['days', 'events']),
  policies: z.array(policySchema).readonly(),
});

/** What a replay came to in one run. */
export type FreshnessCard = z.infer<typeof freshnessCardSchema>;
/** What one policy came to. */
export type PolicyCard = z.infer<typeof policySchema>;
/** Some of the rows of a replay under one policy. */
export type FreshnessPart = z.infer<typeof partSchema>;
