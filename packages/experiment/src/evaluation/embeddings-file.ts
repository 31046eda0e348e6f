import type { Column, ReportEmbeddings } from '@limaml/plugin';
import { readParquet, writeParquet } from '../parquet-file.js';

const COMPONENT = /^e\d+$/;
const FEATURE = 'feature.';

/** Writes meta embeddings as Parquet: `task`, the components `e0`, `e1`…, and `feature.<name>`. */
export async function writeEmbeddings(
  path: string,
  { task, vectors, features }: ReportEmbeddings,
): Promise<void> {
  const components = Array.from({ length: vectors[0]?.length ?? 0 }, (_, at) => ({
    ...{ name: `e${at}`, type: 'FLOAT' as const },
    data: vectors.map((vector) => vector[at]!),
  }));
  const known = Object.entries(features).map(([name, values]) => ({
    ...{ name: `${FEATURE}${name}`, type: typeOf(values), data: [...values] },
  }));
  const columnData = [
    { name: 'task', type: 'STRING' as const, data: [...task] },
    ...components,
    ...known,
  ];
  await writeParquet(path, columnData);
}

function typeOf(values: readonly (string | number | null)[]): 'DOUBLE' | 'STRING' {
  return values.some((value) => typeof value === 'string') ? 'STRING' : 'DOUBLE';
}

/**
 * Reads the meta embeddings of a run folder, `embeddings.parquet`.
 *
 * @returns undefined where there is no such file: baselines and older versions have none
 * @throws LIMAML_ERR_EXPERIMENT_RECORD_CORRUPT, LIMAML_ERR_EXPERIMENT_FILE_UNREADABLE
 */
export function readEmbeddings(path: string): Promise<ReportEmbeddings | undefined> {
  return readParquet(path, embeddingsOf);
}

function embeddingsOf(rows: readonly Readonly<Record<string, unknown>>[]): ReportEmbeddings {
  const names = Object.keys(rows[0] ?? {});
  const components = names.filter((name) => COMPONENT.test(name));
  const features = names.filter((name) => name.startsWith(FEATURE));
  const columnOf = <Value>(name: string): Value[] => rows.map((row) => row[name] as Value);
  return {
    task: columnOf<string>('task'),
    vectors: rows.map((row) => components.map((name) => row[name] as number)),
    features: Object.fromEntries(
      features.map((name) => [name.slice(FEATURE.length), columnOf<string | number | null>(name)]),
    ),
  };
}

/** The value of a column in a row; null where it has none, or a list. */
export function featureValue(column: Column, row: number): string | number | null {
  if (row < 0 || column.kind === 'list') return null;
  if (column.kind === 'category') return column.categories[column.codes[row]!] ?? null;
  const value = column.values[row]!;
  return Number.isFinite(value) ? value : null;
}
