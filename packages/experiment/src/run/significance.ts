import type { MetricPlugin } from '@limaml/plugin';
import {
  bootstrapDifference,
  holm,
  resampleMetrics,
  type BootstrapDifference,
} from '../evaluation/bootstrap.js';
import { predictionsOf, readPredictions } from '../evaluation/predictions-file.js';
import { MAIN_TEST } from '../split/create-seed-data.js';
import type { Job } from './job.js';
import { runFiles, runFolder } from './run-record.js';

/** How sure a difference is, by metric. */
export type Significance = Readonly<
  Record<
    string,
    BootstrapDifference & {
      /** The p-value adjusted for all comparisons with the first model (Holm). */
      readonly adjusted: number;
    }
  >
>;

/** Resampled values of every model and baseline: by name, then metric, then seed. */
type ResampledRecords = ReadonlyMap<string, readonly ReadonlyMap<number, Float64Array>[]>;

/** Rows times resamples, at most: larger test sets need fewer resamples. */
const ROW_BUDGET = 2e8;

/** What {@link compareToFirst} works on. */
export interface ComparisonInput {
  readonly out: string;
  readonly jobs: readonly Job[];
  readonly metrics: readonly MetricPlugin[];
  /** Names of the first model and of all it is compared with. */
  readonly names: readonly string[];
  /** Told the share that is done, 0 to 1. */
  readonly onProgress?: (share: number) => void;
}

/**
 * Compares the first model with every other by a paired bootstrap over seeds and tasks of the main test set, from the
 * predictions that the runs keep.
 *
 * @returns by the name of the other; without one whose runs have no predictions or other test tasks
 */
export async function compareToFirst(input: ComparisonInput): Promise<Map<string, Significance>> {
  const [first, ...others] = input.names;
  const resampled = await resampleRuns(input);
  const compared = others.map(
    (other) => [other, differences(first!, other, resampled, input)] as const,
  );
  return adjust(new Map(compared.filter(([, found]) => Object.keys(found).length > 0)));
}

async function resampleRuns({
  out,
  jobs,
  metrics,
  names,
  onProgress,
}: ComparisonInput): Promise<ResampledRecords> {
  const known = new Map(
    names.map((name) => [name, metrics.map(() => new Map<number, Float64Array>())]),
  );
  for (const [at, { name, seed }] of jobs.entries()) {
    const rows = await readPredictions(runFiles(runFolder(out, name, seed)).predictions);
    const records = new Set((rows ?? []).map(({ record }) => record));
    for (const record of records) {
      const predictions = predictionsOf(rows!, record, MAIN_TEST, seed);
      const resamples = Math.ceil(
        Math.min(1000, Math.max(200, ROW_BUDGET / predictions.label.length)),
      );
      const values = resampleMetrics(predictions, metrics, { resamples });
      values.forEach((of, metric) => known.get(record)?.[metric]!.set(seed, of));
    }
    onProgress?.((at + 1) / jobs.length);
  }
  return known;
}

function differences(
  first: string,
  other: string,
  resampled: ResampledRecords,
  { metrics }: ComparisonInput,
): Record<string, BootstrapDifference> {
  const found = metrics.map(({ name }, metric) => {
    const [a, b] = [first, other].map((record) => resampled.get(record)![metric]!);
    const seeds = [...a!.keys()].filter((seed) => b!.has(seed));
    if (seeds.length === 0) return [name, undefined] as const;
    const of = (values: ReadonlyMap<number, Float64Array>) =>
      seeds.map((seed) => values.get(seed)!);
    return [name, bootstrapDifference(of(a!), of(b!))] as const;
  });
  return Object.fromEntries(
    found.filter((entry): entry is [string, BootstrapDifference] => entry[1] !== undefined),
  );
}

/** Metric by metric over all comparisons. */
function adjust(
  compared: ReadonlyMap<string, Record<string, BootstrapDifference>>,
): Map<string, Significance> {
  const metrics = new Set([...compared.values()].flatMap(Object.keys));
  type Found = Record<string, Significance[string]>;
  const adjusted = new Map([...compared.keys()].map((name): [string, Found] => [name, {}]));
  for (const metric of metrics) {
    const family = [...compared].filter(([, found]) => metric in found);
    const values = holm(family.map(([, found]) => found[metric]!.p));
    family.forEach(([name, found], at) => {
      adjusted.get(name)![metric] = { ...found[metric]!, adjusted: values[at]! };
    });
  }
  return adjusted;
}
