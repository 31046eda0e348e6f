import { join } from 'node:path';
import type { ReportResults } from '@limaml/plugin';
import { z } from 'zod';
import { resultsMissing } from '../errors.js';
import { readJson } from '../files.js';

const interval = z.object({
  mean: z.number(),
  low: z.number().nullable(),
  high: z.number().nullable(),
});
const metrics = z.record(z.string(), interval.nullable());
const part = { name: z.string(), tasks: z.number(), metrics };
// Results of earlier versions divide by support size only, and have one test set.
const cohorts = z.array(z.object({ by: z.string().default('support'), ...part })).readonly();
const bootstrap = z
  .record(
    z.string(),
    z.object({
      ...{ mean: z.number(), low: z.number(), high: z.number() },
      ...{ p: z.number(), adjusted: z.number() },
    }),
  )
  .exactOptional();
const trained = z.enum(['entities', 'rows']).exactOptional();
const tests = z
  .array(z.object({ ...part, trained }))
  .readonly()
  .default([]);

const environment = z.looseObject({
  ...{ platform: z.string(), processor: z.string(), cores: z.number(), memory: z.number() },
  versions: z.record(z.string(), z.string()),
  commit: z.string().exactOptional(),
  command: z.array(z.string()),
});

/** What sections rely on; unknown keys are kept for those that know more. */
const resultsSchema = z.looseObject({
  format: z.literal(1),
  experiment: z.string(),
  createdAt: z.string(),
  spec: z.unknown(),
  data: z.looseObject({
    name: z.string(),
    rows: z.number(),
    tasks: z.number(),
    fingerprint: z.string().exactOptional(),
    malformedRows: z.array(
      z.object({ reason: z.string(), count: z.number(), examples: z.array(z.string()).readonly() }),
    ),
  }),
  models: z
    .array(
      z.looseObject({
        name: z.string(),
        kind: z.enum(['model', 'prior', 'baseline']),
        metrics,
        cohorts,
        tests,
        runs: z.array(z.looseObject({ seed: z.int(), seconds: z.number() })),
      }),
    )
    .readonly(),
  differences: z.array(
    z.looseObject({ name: z.string(), against: z.string(), metrics, cohorts, tests, bootstrap }),
  ),
  seconds: z.number(),
  leakChecks: z.array(z.string()).readonly().exactOptional(),
  environment: environment.exactOptional(),
});

/**
 * Reads `results.json` from the output folder of an experiment.
 *
 * @throws LIMAML_ERR_EXPERIMENT_RESULTS_MISSING when there is none: the experiment was not finished
 * @throws LIMAML_ERR_EXPERIMENT_RECORD_CORRUPT
 */
export async function readResults(out: string): Promise<ReportResults> {
  const parse = (value: unknown): ReportResults =>
    // Metrics and timings of single runs were checked when their records were written.
    resultsSchema.parse(value) as unknown as ReportResults;
  const results = await readJson(join(out, 'results.json'), parse);
  if (results === undefined) throw resultsMissing(out);
  return results;
}
