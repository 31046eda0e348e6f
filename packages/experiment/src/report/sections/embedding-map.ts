import { defineReportSection } from '@limaml/plugin';
import type {
  ReportBlock,
  ReportContext,
  ReportEmbeddings,
  ReportPlugin,
  ReportResults,
  ScatterSeries,
} from '@limaml/plugin';
import { projectToPlane, type Projection } from '../principal-components.js';

/** Maps of one run, each coloured by another feature; values of a feature that have a colour of their own. */
const [MAPS, VALUES] = [3, 5];
/** Points of a picture; with more, every so many tasks are shown. */
const SHOWN = 1500;
const [UNKNOWN, OTHER] = ['unknown', 'other'];

/** A name for each task, and whether the names are in an order. */
interface Colouring {
  readonly names: readonly string[];
  readonly order: readonly string[];
  readonly ordered: boolean;
}

/** Where the meta embeddings of the test tasks are, seen in the plane in which they vary most. */
export function embeddingMapSection(): ReportPlugin {
  return defineReportSection({
    name: 'embeddings',
    title: 'Map of meta embeddings',
    render: embeddingMaps,
  });
}

async function embeddingMaps(
  { models }: ReportResults,
  context: ReportContext,
): Promise<readonly ReportBlock[] | undefined> {
  const [first] = models;
  const seed = first?.runs[0]?.seed;
  const kept = seed === undefined ? undefined : await context.embeddings(first!.name, seed);
  if (kept === undefined || kept.vectors.length < 2 || kept.vectors[0]!.length < 2)
    return undefined;
  const sample = thin(kept);
  const plane = projectToPlane(sample.vectors);
  const features = Object.entries(sample.features).slice(0, MAPS);
  const where = `${first!.name}, seed ${seed}`;
  return features.map(([name, values]) => mapOf(where, plane, name, colouring(values)));
}

/** Every so many tasks, where there are more than a picture can show. */
function thin({ task, vectors, features }: ReportEmbeddings): ReportEmbeddings {
  const stride = Math.ceil(task.length / SHOWN);
  const pick = <Value>(values: readonly Value[]): Value[] =>
    values.filter((_, at) => at % stride === 0);
  const picked = Object.entries(features).map(([name, values]) => [name, pick(values)] as const);
  return { task: pick(task), vectors: pick(vectors), features: Object.fromEntries(picked) };
}

function mapOf(
  where: string,
  { points, shares }: Projection,
  feature: string,
  { names, order, ordered }: Colouring,
): ReportBlock {
  const series: readonly ScatterSeries[] = order.map((name) => ({
    name,
    points: points.filter((_, task) => names[task] === name),
  }));
  const axis = (at: 0 | 1): string =>
    `component ${at + 1} (${(100 * shares[at]).toFixed(0)} % of variance)`;
  return {
    ...{ kind: 'chart', form: 'scatter', series, ordered },
    x: { title: axis(0) },
    y: { title: axis(1) },
    title: `Meta embeddings by ${feature}`,
    description: `Adapted meta embeddings of ${points.length} test tasks of ${where}, on their first two principal components. Tasks that are near each other are scored alike.`,
  };
}

function colouring(values: readonly (string | number | null)[]): Colouring {
  const numbers = values.filter((value) => typeof value === 'number');
  const distinct = new Set(numbers).size;
  return distinct > VALUES ? byQuantile(values, numbers) : byValue(values);
}

/** Five groups of about as many tasks. */
function byQuantile(
  values: readonly (string | number | null)[],
  numbers: readonly number[],
): Colouring {
  const sorted = numbers.toSorted((a, b) => a - b);
  const edges = Array.from(
    { length: VALUES },
    (_, at) => sorted[Math.floor((at * sorted.length) / VALUES)]!,
  );
  const starts = [...new Set(edges)];
  const labels = starts.map((from, at) => rangeName(from, starts[at + 1], sorted.at(-1)!));
  const names = values.map((value) =>
    typeof value === 'number' ? labels[starts.findLastIndex((from) => from <= value)]! : UNKNOWN,
  );
  const order = [...labels, UNKNOWN].filter((name) => names.includes(name));
  return { names, order, ordered: true };
}

function rangeName(from: number, next: number | undefined, last: number): string {
  const short = (value: number): string => String(Number(value.toPrecision(3)));
  if (next !== undefined) return `${short(from)} to <${short(next)}`;
  return from === last ? short(from) : `${short(from)} to ${short(last)}`;
}

/** The commonest values, and one group for all others. */
function byValue(values: readonly (string | number | null)[]): Colouring {
  const counts = new Map<string, number>();
  for (const name of values.map(nameOf)) counts.set(name, (counts.get(name) ?? 0) + 1);
  const common = [...counts].toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  const kept = common.slice(0, VALUES).map(([name]) => name);
  const names = values.map(nameOf).map((name) => (kept.includes(name) ? name : OTHER));
  return {
    names,
    order: [...new Set([...kept, OTHER])].filter((name) => names.includes(name)),
    ordered: false,
  };
}

function nameOf(value: string | number | null): string {
  return value === null ? UNKNOWN : String(value);
}
