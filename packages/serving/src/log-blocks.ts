import {
  buildTasks,
  readAhead,
  withIdleEntities,
  type EncodedLog,
  type TaskIndex,
} from '@limaml/data';
import type { EntityPlugin, InteractionLog, LogParts, MetaEmbeddingStore } from '@limaml/plugin';
import { entityMismatch, partsNotOfEntity } from './errors.js';
import type { Bundle } from './open-bundle.js';
import { createOtherColumns, type OtherColumns } from './other-columns.js';

/** A log in memory. */
export interface WholeLog {
  readonly log: InteractionLog;
  /** `buildTasks(log, entityPlugin)`. */
  readonly tasks: TaskIndex;
}

/** A log that is read in parts. */
export interface LogInParts {
  /** What `openParts` of a dataset gave for the bundle's entity type; the caller closes it. */
  readonly parts: LogParts;
  /** Groups each part by task. Its tasks must be the entities that the parts divide. */
  readonly entity: EntityPlugin;
}

/** Tasks `start` to `end` of an encoded log, those without interactions among them. */
export interface TaskBlock {
  readonly encoded: EncodedLog;
  readonly start: number;
  readonly end: number;
}

/** Tasks of a block, at most: their vectors are written to the store together. */
const TASKS_PER_BLOCK = 16_384;

/** The entities of a log, and their interactions. */
export interface LogSize {
  readonly entities: number;
  readonly interactions: number;
}

/** @throws LIMAML_ERR_SERVING_ENTITY_MISMATCH */
export function measureLog({ manifest }: Bundle, source: WholeLog | LogInParts): LogSize {
  const { entity } = manifest;
  const named = 'parts' in source ? source.entity.name : source.tasks.entity;
  if (named !== entity) throw entityMismatch(entity, named);
  if ('parts' in source)
    return { entities: source.parts.entities, interactions: source.parts.report.rowsKept };
  const { taskIds } = withIdleEntities(source.log, source.tasks);
  return { entities: taskIds.length, interactions: source.log.rows };
}

/** What logs are encoded with. */
export interface BlockEncoding {
  readonly bundle: Bundle;
  /** Where the embeddings of other entity types are. */
  readonly store: MetaEmbeddingStore;
}

/**
 * The blocks of a log, in an order that depends on the log alone. The next part is read while one is worked on.
 *
 * @param done tasks to leave out at the beginning: whole blocks
 */
export function openBlocks(
  { bundle, store }: BlockEncoding,
  source: WholeLog | LogInParts,
  done: number,
): AsyncIterable<TaskBlock> {
  const encoding = { bundle, addOthers: createOtherColumns(bundle, store) };
  if ('parts' in source) return readAhead(blocksOfParts(encoding, source, done));
  return blocksOf(encoding, source.log, withIdleEntities(source.log, source.tasks), done);
}

/** A log, or its parts, with their tasks; of parts one after the other. */
export async function* logsOf(source: WholeLog | LogInParts): AsyncGenerator<WholeLog> {
  if ('log' in source) yield source;
  else
    for await (const part of source.parts.parts)
      yield { log: part, tasks: tasksOfPart(part, source.entity) };
}

interface Encoding {
  readonly bundle: Bundle;
  readonly addOthers: OtherColumns;
}

async function* blocksOfParts(
  encoding: Encoding,
  source: LogInParts,
  done: number,
): AsyncGenerator<TaskBlock> {
  let left = done;
  for await (const { log, tasks: active } of logsOf(source)) {
    const tasks = withIdleEntities(log, active);
    if (left < tasks.taskIds.length) yield* blocksOf(encoding, log, tasks, left);
    left = Math.max(0, left - tasks.taskIds.length);
  }
}

/** @param first where to begin; encoding what is left out would take most of the time of resuming */
async function* blocksOf(
  { bundle, addOthers }: Encoding,
  log: InteractionLog,
  tasks: TaskIndex,
  first: number,
): AsyncGenerator<TaskBlock> {
  const count = tasks.taskIds.length;
  if (first >= count) return;
  const encoded = await addOthers(log, bundle.encoders.encode(log, tasks));
  for (let start = first; start < count; start += TASKS_PER_BLOCK)
    yield { encoded, start, end: Math.min(count, start + TASKS_PER_BLOCK) };
}

function tasksOfPart(part: InteractionLog, entity: EntityPlugin): TaskIndex {
  if (part.rows === 0) {
    const [offsets, rows] = [new Int32Array(1), new Int32Array(0)];
    return { entity: entity.name, taskIds: [], offsets, rows, timestamp: part.timestamp };
  }
  const tasks = buildTasks(part, entity);
  assertTasksAreEntities(part, tasks);
  return tasks;
}

/**
 * A part has all interactions of its entities, newest first of all. Tasks of another make might lie in
 * several parts, or lack interactions.
 */
function assertTasksAreEntities(part: InteractionLog, tasks: TaskIndex): void {
  const refs = part.refs[tasks.entity]!;
  const { ids } = part.entities[tasks.entity]!;
  const same = tasks.taskIds.every(
    (id, task) => ids[refs[tasks.rows[tasks.offsets[task]!]!]!] === id,
  );
  if (!same || tasks.rows.length !== part.rows) throw partsNotOfEntity(tasks.entity);
}
