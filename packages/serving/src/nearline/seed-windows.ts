import type { InteractionLog } from '@limaml/plugin';
import type { TaskIndex } from '@limaml/data';
import type { EntityEvent, EventLog, Json } from '@limaml/store';
import { readHistory } from '../log-records.js';

/** Options of {@link seedWindows}. */
export interface SeedOptions {
  readonly log: InteractionLog;
  readonly tasks: TaskIndex;
  readonly events: EventLog;
  /** Newest interactions of each entity: `bundle.manifest.support.maxSize`. */
  readonly limit: number;
}

/** Events that are appended at once. */
const EVENTS_AT_ONCE = 2000;

/**
 * Puts what a log knows into an event log: the newest interactions of each entity and its profile, so that
 * the first refresh after a generation adapts to all of its past and not to the new event alone. Doing it
 * again adds nothing.
 *
 * @returns how many events are new
 *
 * @example
 * ```ts
 * await seedWindows({ log, tasks, events, limit: bundle.manifest.support.maxSize });
 * ```
 */
export async function seedWindows({ log, tasks, events, limit }: SeedOptions): Promise<number> {
  const waiting = new Set((await events.pending()).map(({ entity }) => entity));
  let added = 0;
  let batch: EntityEvent[] = [];
  const flush = async (): Promise<void> => {
    added += (await events.append(batch)).filter(Boolean).length;
    await settleSeeded(events, batch, waiting);
    batch = [];
  };
  for (const entity of tasks.taskIds) {
    batch.push(...historyOf(log, tasks, entity, limit));
    if (batch.length >= EVENTS_AT_ONCE) await flush();
  }
  if (batch.length > 0) await flush();
  return added;
}

/** Generation has adapted to these already; an entity that waited before must still be refreshed. */
async function settleSeeded(
  events: EventLog,
  batch: readonly EntityEvent[],
  waiting: ReadonlySet<string>,
): Promise<void> {
  const seeded = new Set(batch.map(({ entity }) => entity));
  const settled = [...seeded]
    .filter((entity) => !waiting.has(entity))
    .map(async (entity) => ({ entity, sequence: (await events.window(entity, 1)).sequence }));
  await events.settle(await Promise.all(settled));
}

function historyOf(
  log: InteractionLog,
  tasks: TaskIndex,
  entity: string,
  limit: number,
): EntityEvent[] {
  const { profile, events } = readHistory(log, tasks, entity, limit);
  const task = tasks.taskIds.indexOf(entity);
  const rows = tasks.rows.subarray(
    tasks.offsets[task + 1]! - events.length,
    tasks.offsets[task + 1],
  );
  return events.map((body, at) => ({
    id: `${log.name}:${rows[at]!}`,
    entity,
    time: Math.max(0, Math.round(log.timestamp[rows[at]!]!)),
    body: body as unknown as Json,
    ...(at === events.length - 1 && profile !== undefined && { profile }),
  }));
}
