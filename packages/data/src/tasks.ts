import type { EntityPlugin, InteractionLog } from '@limaml/plugin';
import { noTasks } from './errors.js';
import { createInteractionView } from './interaction-view.js';
import { createRandom, shuffle } from './random.js';

/**
 * The tasks of one entity type: rows of a log grouped by task, in time order (compressed sparse rows).
 * Task t owns `rows[offsets[t]] … rows[offsets[t + 1] - 1]`.
 */
export interface TaskIndex {
  /** Entity type whose members are the tasks. */
  readonly entity: string;
  readonly taskIds: readonly string[];
  /** Length tasks + 1. */
  readonly offsets: Int32Array;
  /** Log rows; within a task by (timestamp, log order). */
  readonly rows: Int32Array;
  /** Timestamps of the log, by log row (not copied). */
  readonly timestamp: Float64Array;
}

/**
 * Groups a log by task and orders each task in time. Rows with equal timestamps keep the log's order.
 *
 * @throws LIMAML_ERR_DATA_NO_TASKS when no row belongs to a task
 * @example
 * ```ts
 * const tasks = buildTasks(log, memberEntity());
 * const count = tasks.offsets[1]! - tasks.offsets[0]!; // interactions of the first member
 * ```
 */
export function buildTasks(log: InteractionLog, entity: EntityPlugin): TaskIndex {
  const { taskIds, taskOf } = assignTasks(log, entity);
  if (taskIds.length === 0) throw noTasks(log.name, entity.name);
  const offsets = countOffsets(taskOf, taskIds.length);
  const rows = placeRows(taskOf, offsets);
  for (let task = 0; task < taskIds.length; task++) {
    sortByTime(rows.subarray(offsets[task], offsets[task + 1]), log.timestamp);
  }
  return { entity: entity.name, taskIds, offsets, rows, timestamp: log.timestamp };
}

/**
 * Adds the entities of a log without any interaction as tasks without rows, behind the others.
 *
 * @param tasks tasks of that log
 */
export function withIdleEntities(log: InteractionLog, tasks: TaskIndex): TaskIndex {
  const active = new Set(tasks.taskIds);
  const idle = (log.entities[tasks.entity]?.ids ?? []).filter((id) => !active.has(id));
  const offsets = new Int32Array(tasks.offsets.length + idle.length).fill(tasks.rows.length);
  offsets.set(tasks.offsets);
  return { ...tasks, taskIds: [...tasks.taskIds, ...idle], offsets };
}

/** Task numbers of the three parts, each ascending. */
export interface TaskSplit {
  readonly train: Int32Array;
  readonly validation: Int32Array;
  readonly test: Int32Array;
}

/** How {@link splitTasks} divides. */
export interface SplitOptions {
  readonly seed: number;
  /** Share of all tasks. Default 0.2. */
  readonly testShare?: number;
  /** Share of the tasks that are not test tasks. Default 0.1. */
  readonly validationShare?: number;
}

/** Divides tasks at random, by seed, into training, validation and test tasks. */
export function splitTasks(tasks: TaskIndex, options: SplitOptions): TaskSplit {
  const { seed, testShare = 0.2, validationShare = 0.1 } = options;
  const order = Int32Array.from(tasks.taskIds, (_, task) => task);
  shuffle(order, createRandom(seed));
  const testEnd = Math.round(order.length * testShare);
  const validationEnd = testEnd + Math.round((order.length - testEnd) * validationShare);
  return {
    test: order.slice(0, testEnd).sort(),
    validation: order.slice(testEnd, validationEnd).sort(),
    train: order.slice(validationEnd).sort(),
  };
}

/** Marks the log rows of some tasks: 1 where the row belongs to one of them. Length: rows of the log. */
export function rowsOfTasks(tasks: TaskIndex, chosen: Iterable<number>): Uint8Array {
  const mask = new Uint8Array(tasks.timestamp.length);
  for (const task of chosen) {
    for (let at = tasks.offsets[task]!; at < tasks.offsets[task + 1]!; at++) {
      mask[tasks.rows[at]!] = 1;
    }
  }
  return mask;
}

function assignTasks(
  log: InteractionLog,
  entity: EntityPlugin,
): { taskIds: string[]; taskOf: Int32Array } {
  const numbers = new Map<string, number>();
  const taskOf = new Int32Array(log.rows).fill(-1);
  const view = createInteractionView(log);
  let [last, number]: [string | undefined, number] = [undefined, -1];
  for (let row = 0; row < log.rows; row++) {
    view.row = row;
    const id = entity.taskId(view);
    if (id === undefined) continue;
    // Logs that are sorted by entity have the same id in row after row.
    if (id !== last) number = numbers.get(id) ?? numbers.size;
    if (number === numbers.size) numbers.set(id, number);
    taskOf[row] = number;
    last = id;
  }
  return { taskIds: [...numbers.keys()], taskOf };
}

function countOffsets(taskOf: Int32Array, tasks: number): Int32Array {
  const offsets = new Int32Array(tasks + 1);
  for (const task of taskOf) if (task >= 0) offsets[task + 1]!++;
  for (let task = 0; task < tasks; task++) offsets[task + 1]! += offsets[task]!;
  return offsets;
}

function placeRows(taskOf: Int32Array, offsets: Int32Array): Int32Array {
  const next = offsets.slice();
  const rows = new Int32Array(offsets.at(-1)!);
  taskOf.forEach((task, row) => {
    if (task >= 0) rows[next[task]!++] = row;
  });
  return rows;
}

function sortByTime(rows: Int32Array, timestamp: Float64Array): void {
  // Most logs are in time order already; rows are then left as they are.
  const sorted = rows.every((row, at) => at === 0 || timestamp[rows[at - 1]!]! <= timestamp[row]!);
  if (!sorted) rows.sort((left, right) => timestamp[left]! - timestamp[right]! || left - right);
}
