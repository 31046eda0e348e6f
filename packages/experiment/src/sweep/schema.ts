import { z } from 'zod';
import type { ExperimentOptions, ExperimentSpec } from '../spec/schema.js';
import { distributionSchema } from './distributions.js';

const positiveInt = z.int().positive();

/** The schema of a sweep, but for the experiment, which has a schema of its own. */
export const sweepSchema = z.strictObject({
  /** Where a JSON sweep finds the schema that an editor checks it with. */
  $schema: z.string().exactOptional(),
  experiment: z.custom<ExperimentOptions>((value) => typeof value === 'object', 'Expected a spec'),
  /** Name of the model of the experiment that is searched for. Default: its first. */
  model: z.string().min(1).exactOptional(),
  /** What is searched: keys of the model's entry, with what their values are drawn from. */
  space: z.record(z.string().min(1), distributionSchema),
  /** Every trial to its end (`random`), or few epochs for many trials and more for the best (`asha`). */
  search: z.enum(['random', 'asha']).default('random'),
  /** Settings that are tried. */
  trials: positiveInt.default(20),
  /** Equal seeds give equal trials. */
  seed: z.int().nonnegative().default(1),
  asha: z
    .strictObject({
      /** Epochs of the lowest rung. */
      minEpochs: positiveInt.default(1),
      /** η: one of so many trials of a rung goes on to the next, which has so many times the epochs. */
      reduction: z.int().min(2).default(3),
    })
    .prefault({}),
});

/** What an author of a sweep writes. */
export type SweepOptions = z.input<typeof sweepSchema>;

/** A sweep with every default filled in. */
export interface SweepSpec extends Omit<z.output<typeof sweepSchema>, '$schema' | 'experiment'> {
  readonly experiment: ExperimentSpec;
  readonly model: string;
}
