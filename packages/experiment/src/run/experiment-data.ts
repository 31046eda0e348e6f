import { buildTasks, type TaskIndex } from '@limaml/data';
import type { EntityPlugin, InteractionLog, Registry } from '@limaml/plugin';
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
  const log = await dataset.load({
    path: data[spec.dataset],
    ...(onProgress && { onProgress }),
    ...(signal && { signal }),
  });
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
}

export function summariseData({ log, tasks, fingerprint }: ExperimentData): DataSummary {
  const malformed = log.report.malformed.reduce((sum, { count }) => sum + count, 0);
  return { name: log.name, rows: log.rows, tasks: tasks.taskIds.length, fingerprint, malformed };
}
