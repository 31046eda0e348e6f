import type { TaskIndex } from '@limaml/data';
import type { Column, EntityTable } from '@limaml/plugin';
import { cohortFeatureMissing } from '../split/errors.js';
import type { ExperimentData } from '../run/experiment-data.js';
import type { CohortSpec, ExperimentSpec } from '../spec/schema.js';
import type { SeedData, TestSet } from '../split/seed-data.js';

/** Some of the tasks of a test set, by one of their properties. */
export interface Cohort {
  /** What divides the tasks: `support`, `recency`, `known`, or the name of a feature. */
  readonly by: string;
  /** `<15`, `15–39`, `40`, `gender F`. */
  readonly name: string;
  /** Whether an episode of the set belongs to it, by number. */
  readonly has: (episode: number) => boolean;
}

/** Categories that get a cohort of their own; the others share one. */
const CATEGORIES = 6;
const DAY = 86_400_000;

/**
 * Divides the episodes of a test set as a spec says. The cohorts depend on the spec and the data, not on the seed.
 *
 * @throws LIMAML_ERR_EXPERIMENT_COHORT_FEATURE
 */
export function createCohorts(
  { cohorts, split }: Pick<ExperimentSpec, 'cohorts' | 'split'>,
  data: ExperimentData,
  { train }: SeedData,
  set: TestSet,
): Cohort[] {
  return [
    ...supportCohorts(cohorts, split, set),
    ...recencyCohorts(cohorts, set),
    ...(cohorts.known ? knownCohorts(train, set) : []),
    ...cohorts.features.flatMap((feature) => featureCohorts(feature, data, set)),
  ];
}

function supportCohorts(
  { support: edges }: CohortSpec,
  { maxSupport }: ExperimentSpec['split'],
  { episodes }: TestSet,
): Cohort[] {
  const sizes = episodes.map(({ supportStart, supportEnd }) => supportEnd - supportStart);
  return ranges(edges).map(({ from, below }) => ({
    by: 'support',
    name: supportName(from, below, maxSupport),
    has: (episode) => sizes[episode]! >= from && sizes[episode]! < below,
  }));
}

function supportName(from: number, below: number, maxSupport: number): string {
  if (from === 0) return `<${below}`;
  const last = Math.min(below - 1, maxSupport);
  return last > from ? `${from}–${last}` : `${from}`;
}

/** Tasks without support have no newest row; they are in no cohort. */
function recencyCohorts({ recency: edges }: CohortSpec, { index, episodes }: TestSet): Cohort[] {
  const timeAt = (position: number): number => index.timestamp[index.rows[position]!]!;
  const days = episodes.map(({ supportStart, supportEnd, queryStart }) =>
    supportEnd > supportStart ? (timeAt(queryStart) - timeAt(supportEnd - 1)) / DAY : NaN,
  );
  return ranges(edges).map(({ from, below }) => ({
    by: 'recency',
    name: below === Infinity ? `≥${from} days` : `${from}–${below} days`,
    has: (episode) => days[episode]! >= from && days[episode]! < below,
  }));
}

function knownCohorts(train: Int32Array, { episodes }: TestSet): Cohort[] {
  const trained = new Set(train);
  return [true, false].map((known) => ({
    by: 'known',
    name: known ? 'known' : 'new',
    has: (episode) => trained.has(episodes[episode]!.task) === known,
  }));
}

/** A number is cut into thirds of its entities, a list counts by its first value. */
function featureCohorts(
  feature: string,
  { log, entity, tasks }: ExperimentData,
  { episodes }: TestSet,
): Cohort[] {
  const entities = log.entities[entity.name];
  const column = entities?.table.columns[feature];
  if (entities === undefined || column === undefined) {
    throw cohortFeatureMissing(feature, Object.keys(entities?.table.columns ?? {}));
  }
  const nameOf = cohortNames(column);
  const rowOf = entityRows(entities, tasks);
  const nameOfTask = tasks.taskIds.map((_, task) => nameOf(rowOf(task)));
  const names = episodes.map(({ task }) => nameOfTask[task]!);
  const values = [...cohortNamesOf(column), ...(nameOfTask.includes(UNKNOWN) ? [UNKNOWN] : [])];
  return values.map((value) => ({
    by: feature,
    name: `${feature} ${value}`,
    has: (episode) => names[episode] === value,
  }));
}

function entityRows({ ids }: EntityTable, { taskIds }: TaskIndex): (task: number) => number {
  const rows = new Map(ids.map((id, row) => [id, row]));
  return (task) => rows.get(taskIds[task]!) ?? -1;
}

/** Every known value that a cohort is made of, in the order of the report. */
function cohortNamesOf(column: Column): string[] {
  if (column.kind === 'number') return [...THIRDS];
  const largest = largestCategories(column);
  const named = largest.map((code) => column.categories[code]!);
  return column.categories.length > largest.length ? [...named, OTHERS] : named;
}

const THIRDS = ['low', 'middle', 'high'] as const;
const OTHERS = 'others';
const UNKNOWN = 'unknown';

function cohortNames(column: Column): (row: number) => string {
  if (column.kind === 'number') return thirdsOf(column.values);
  const largest = new Set(largestCategories(column));
  return (row) => {
    const code = row < 0 ? -1 : codeAt(column, row);
    if (code < 0) return UNKNOWN;
    return largest.has(code) ? column.categories[code]! : OTHERS;
  };
}

function thirdsOf(values: Float64Array): (row: number) => string {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  const [first, second] = [1, 2].map((third) => sorted[Math.floor((sorted.length * third) / 3)]);
  return (row) => {
    const value = row < 0 ? NaN : values[row]!;
    if (Number.isNaN(value)) return UNKNOWN;
    return value < first! ? THIRDS[0] : value < second! ? THIRDS[1] : THIRDS[2];
  };
}

type CategoryColumn = Exclude<Column, { kind: 'number' }>;

function codeAt(column: CategoryColumn, row: number): number {
  if (column.kind === 'category') return column.codes[row] ?? -1;
  const start = column.offsets[row]!;
  return column.offsets[row + 1]! > start ? column.codes[start]! : -1;
}

/** The categories that most entities have, the largest first. */
function largestCategories(column: CategoryColumn): number[] {
  const counts = new Int32Array(column.categories.length);
  const rows = column.kind === 'category' ? column.codes.length : column.offsets.length - 1;
  for (let row = 0; row < rows; row++) {
    const code = codeAt(column, row);
    if (code >= 0) counts[code]!++;
  }
  const codes = Array.from(counts.keys()).sort((a, b) => counts[b]! - counts[a]! || a - b);
  return codes.slice(0, CATEGORIES);
}

/** `from ≤ value < below`; none where there are no edges. */
function ranges(edges: readonly number[]): { from: number; below: number }[] {
  if (edges.length === 0) return [];
  return [0, ...edges].map((from, at) => ({ from, below: edges[at] ?? Infinity }));
}
