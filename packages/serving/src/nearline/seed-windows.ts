import { tableRecord, type FeatureRecord } from '@limaml/data';
import type { InteractionLog } from '@limaml/plugin';
import type { EntityEvent, EventLog, Json } from '@limaml/store';
import { createHash } from 'node:crypto';
import { logsOf, type LogInParts, type WholeLog } from '../log-blocks.js';
import { readEvent } from '../log-records.js';

/** Options of {@link seedWindows}: a log, whole or in parts, and where its newest interactions go. */
export type SeedOptions = (WholeLog | LogInParts) & {
  readonly events: EventLog;
  /** Newest interactions of each entity: `bundle.manifest.support.maxSize`. */
  readonly limit: number;
  /** Told after every batch how many entities are done. */
  readonly onProgress?: (done: number) => void;
  /** Stops before the next batch; what was appended stays. */
  readonly signal?: AbortSignal;
};

/** What {@link seedWindows} did. */
export interface SeedReport {
  /** Entities with interactions. */
  readonly entities: number;
  /** Events that were new to the event log. */
  readonly added: number;
}

/** Events that are appended at once. */
const EVENTS_AT_ONCE = 2000;

/**
 * Puts what a log knows into an event log: the newest interactions of each entity and its profile, so that
 * the first refresh after a generation adapts to all of its past and not to the new event alone. Doing it
 * again adds nothing but what is new in the log. One batch of entities is in memory at a time, beside what is of the
 * log.
 *
 * @throws the reason of `signal` when it aborts; what reading a part and appending throw
 *
 * @example
 * ```ts
 * const limit = bundle.manifest.support.maxSize;
 * console.log(await seedWindows({ log, tasks, events, limit })); // { entities: 50, added: 1000 }
 * ```
 */
export async function seedWindows(options: SeedOptions): Promise<SeedReport> {
  const { events, signal, onProgress } = options;
  const waiting = new Set((await events.pending()).map(({ entity }) => entity));
  const report = { entities: 0, added: 0 };
  for await (const { entities, batch } of batchesOf(options)) {
    signal?.throwIfAborted();
    const added = await events.append(batch);
    report.added += added.filter(Boolean).length;
    report.entities += entities;
    await settleSeeded(events, batch, waiting);
    onProgress?.(report.entities);
  }
  return report;
}

/** The histories of whole entities. */
interface SeedBatch {
  readonly entities: number;
  readonly batch: readonly EntityEvent[];
}

async function* batchesOf(options: SeedOptions): AsyncGenerator<SeedBatch> {
  for await (const part of logsOf(options)) {
    let [entities, batch]: [number, EntityEvent[]] = [0, []];
    for (const history of historiesOf(part, options.limit)) {
      entities++;
      batch.push(...history);
      if (batch.length < EVENTS_AT_ONCE) continue;
      yield { entities, batch };
      [entities, batch] = [0, []];
    }
    if (entities > 0) yield { entities, batch };
  }
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

function* historiesOf(source: WholeLog, limit: number): Generator<EntityEvent[]> {
  const { offsets, rows, taskIds } = source.tasks;
  const profileOf = profiles(source);
  for (const [task, entity] of taskIds.entries()) {
    const [start, end] = [offsets[task]!, offsets[task + 1]!];
    const newest = rows.subarray(Math.max(start, end - limit), end);
    if (newest.length > 0) yield historyOf(source, entity, newest, profileOf(entity));
  }
}

function profiles({ log, tasks }: WholeLog): (entity: string) => FeatureRecord | undefined {
  const side = log.entities[tasks.entity];
  const rowOf = new Map(side?.ids.map((id, row) => [id, row]));
  return (entity) => {
    const row = rowOf.get(entity);
    return row === undefined ? undefined : tableRecord(side!.table, row);
  };
}

/** @param rows its newest interactions, oldest first */
function historyOf(
  { log, tasks }: WholeLog,
  entity: string,
  rows: Int32Array,
  profile: FeatureRecord | undefined,
): EntityEvent[] {
  const idOf = eventIds(log.name);
  // Of interactions that are alike the newest gets its id first: it is the same however far back a part goes.
  const events = Array.from(rows)
    .reverse()
    .map((row): EntityEvent => {
      const body = readEvent(log, tasks.entity, row);
      const time = Math.max(0, Math.round(log.timestamp[row]!));
      return { id: idOf(time, candidateOf(log, row)), entity, time, body: body as unknown as Json };
    })
    .reverse();
  if (profile === undefined) return events;
  return [...events.slice(0, -1), { ...events.at(-1)!, profile }];
}

function candidateOf(log: InteractionLog, row: number): string {
  const at = log.refs[log.candidate]![row]!;
  return at < 0 ? '' : log.entities[log.candidate]!.ids[at]!;
}

/** Ids of the interactions of one entity by what they are: rows have other numbers in parts and in a longer log. */
function eventIds(log: string): (time: number, candidate: string) => string {
  const seen = new Map<string, number>();
  return (time, candidate) => {
    const key = JSON.stringify([log, time, candidate]);
    const before = seen.get(key) ?? 0;
    seen.set(key, before + 1);
    return createHash('sha256').update(`${key}${before}`).digest('base64url');
  };
}
