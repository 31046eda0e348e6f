import {
  buildTasks,
  fitEncoders,
  keepRows,
  withCompositeTable,
  type EncodedColumn,
  type Encoders,
  type EncodedLog,
  type EpisodeLimits,
  type TaskIndex,
} from '@limaml/data';
import type { EntityPlugin, FeatureSchema, InteractionLog } from '@limaml/plugin';
import type { SplitSpec } from '../spec/schema.js';

/** One entity type of a joint model. */
export interface EntityData {
  readonly type: string;
  readonly encoders: Encoders;
  /** Features of the type's entities beside those of rows, which the primary type's encoders made. */
  readonly schema: FeatureSchema;
  /**
   * Its tasks with training rows only, and behind them one without rows that stands for unknown entities.
   */
  readonly tasks: TaskIndex;
  /** Features of the entities, by task. */
  readonly columns: EncodedLog['columns'];
  /** The task of each row of the log; of rows without one, that of unknown entities. */
  readonly taskOf: Int32Array;
  readonly limits: EpisodeLimits;
}

/** What {@link createEntityData} works on. */
export interface EntityDataInput {
  readonly log: InteractionLog;
  readonly entity: EntityPlugin;
  /** The rows of the primary type's training tasks. */
  readonly trainRows: Uint8Array;
  readonly split: SplitSpec;
  readonly rateSmoothing: number;
  readonly primary: FeatureSchema;
}

/**
 * Groups a log by the tasks of one entity type and encodes its entities. Encoders are fitted, and support sets
 * drawn, on rows of the primary type's training tasks only: a job's viewers are training members.
 *
 * @param encoders those of the primary type, when it is this one. Default: fitted here
 */
export function createEntityData(input: EntityDataInput, encoders?: Encoders): EntityData {
  const { entity, trainRows, primary, rateSmoothing } = input;
  const log = withCompositeTable(input.log, entity);
  const all = buildTasks(log, entity);
  const tasks = withUnknown(keepRows(all, (row) => trainRows[row] === 1));
  const fitted = encoders ?? fitEncoders(log, entity, { tasks, trainRows, rateSmoothing });
  const encoded = fitted.encode(log, tasks);
  const own = Object.entries(encoded.columns).filter(([, { feature }]) => isEntity(feature));
  return {
    type: entity.name,
    encoders: fitted,
    schema: withRowsOf(fitted.schema, primary),
    tasks,
    columns: Object.fromEntries(own),
    taskOf: tasksOfRows(all, log.rows),
    limits: limitsOf(entity, input.split),
  };
}

/** The columns of rows: what is neither the primary type's nor another's own. */
export function rowColumns({ columns }: EncodedLog): Record<string, EncodedColumn> {
  const rows = Object.entries(columns).filter(([, { feature }]) => !isEntity(feature));
  return Object.fromEntries(rows);
}

function isEntity({ owner }: FeatureSchema['features'][number]): boolean {
  return owner === 'entity';
}

/** A type's own entity features with the row features of the primary type. */
export function withRowsOf(own: FeatureSchema, primary: FeatureSchema): FeatureSchema {
  const features = [
    ...own.features.filter(isEntity),
    ...primary.features.filter((feature) => !isEntity(feature)),
  ];
  return { ...own, features };
}

/** No entity has this id, so encoders know nothing of it: its features are the defaults. */
const UNKNOWN = '\0unknown';

function withUnknown(tasks: TaskIndex): TaskIndex {
  const offsets = Int32Array.of(...tasks.offsets, tasks.rows.length);
  return { ...tasks, taskIds: [...tasks.taskIds, UNKNOWN], offsets };
}

function tasksOfRows(tasks: TaskIndex, rows: number): Int32Array {
  const taskOf = new Int32Array(rows).fill(tasks.taskIds.length);
  tasks.taskIds.forEach((_, task) => {
    for (const row of tasks.rows.subarray(tasks.offsets[task], tasks.offsets[task + 1]))
      taskOf[row] = task;
  });
  return taskOf;
}

function limitsOf({ support }: EntityPlugin, { maxQuery, ties }: SplitSpec): EpisodeLimits {
  const { maxSize: maxSupport, window } = support;
  return { maxSupport, maxQuery, ties, ...(window === undefined ? {} : { window }) };
}
