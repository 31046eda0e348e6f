import { buildTasks, withCompositeTable, type TaskIndex } from '@limaml/data';
import type { EntityPlugin, InteractionLog, ReadReport, Registry } from '@limaml/plugin';
import { createHash } from 'node:crypto';
import type { ExperimentSpec } from '../spec/schema.js';

/** The log of an experiment and its tasks. */
export interface ExperimentData {
  readonly log: InteractionLog;
  readonly entity: EntityPlugin;
  readonly tasks: TaskIndex;
  /** SHA-256 over rows, times, labels and references: tells whether two runs saw the same data. */
  readonly fingerprint: string;
}

/** Where and how a dataset is read. */
export interface DataOptions {
  /** Folder or file of each dataset, by name. */
  readonly data?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Told the share read so far, 0 to 1. */
  readonly onProgress?: (share: number) => void;
}

/**
 * Reads the log that a spec names, and groups it by task.
 *
 * @throws LIMAML_ERR_PLUGIN_UNKNOWN when the dataset or the entity is not registered; what the dataset throws
 */
export async function loadExperimentData(
  spec: Pick<ExperimentSpec, 'dataset' | 'entity'>,
  registry: Registry,
  { data = {}, signal, onProgress }: DataOptions = {},
): Promise<ExperimentData> {
  const entity = registry.get('entity', spec.entity);
  const dataset = registry.get('dataset', spec.dataset);
  const read = await dataset.load({
    path: data[spec.dataset],
    ...(onProgress && { onProgress }),
    ...(signal && { signal }),
  });
  const log = withCompositeTable(read, entity);
  return { log, entity, tasks: buildTasks(log, entity), fingerprint: fingerprintLog(log) };
}

function fingerprintLog(log: InteractionLog): string {
  const hash = createHash('sha256').update(`${log.rows}`);
  const refs = Object.entries(log.refs).sort(([a], [b]) => (a < b ? -1 : 1));
  for (const values of [log.timestamp, log.label, ...refs.map(([, ref]) => ref)]) {
    hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  return hash.digest('hex');
}

/** What results say about their data. */
export interface DataSummary {
  readonly name: string;
  readonly rows: number;
  readonly tasks: number;
  readonly fingerprint: string;
  /** Rows that the reader could not use. */
  readonly malformed: number;
  /** Why, and where the first few are. */
  readonly malformedRows: ReadReport['malformed'];
}

export function summariseData({ log, tasks, fingerprint }: ExperimentData): DataSummary {
  const { malformed: malformedRows } = log.report;
  const malformed = malformedRows.reduce((sum, { count }) => sum + count, 0);
  const { name, rows } = log;
  return { name, rows, tasks: tasks.taskIds.length, fingerprint, malformed, malformedRows };
}

/**
 * Says which rows were left out: `2 malformed rows were left out: label "stars" is not a number: 2
 * (ratings.csv:5, ratings.csv:9)`; `''` where there were none.
 */
export function describeMalformed(malformed: ReadReport['malformed']): string {
  const count = malformed.reduce((sum, reason) => sum + reason.count, 0);
  if (count === 0) return '';
  const reasons = malformed.map(
    (row) => `${row.reason}: ${row.count} (${row.examples.join(', ')})`,
  );
  const rows = count === 1 ? 'row was' : 'rows were';
  return `${count} malformed ${rows} left out: ${reasons.join('; ')}`;
}
