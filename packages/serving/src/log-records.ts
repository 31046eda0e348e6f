import { tableRecord, type FeatureRecord, type TaskIndex } from '@limaml/data';
import type { InteractionLog } from '@limaml/plugin';
import type { SupportEvent } from './support-event.js';

/**
 * Candidate and other entities of a log row, in the spelling of `Encoders.encodeRow`: candidate columns
 * under their own names, ids by entity type, other entities' columns as `<type>.<column>`.
 *
 * @param entity entity type whose members are the tasks; it is not part of a row
 */
export function referencesRecord(log: InteractionLog, entity: string, row: number): FeatureRecord {
  const others = otherTypes(log, entity).map((type) => referenceRecord(log, type, row));
  const candidate = log.refs[log.candidate]![row]!;
  return Object.assign({}, ...others, candidateRecord(log, candidate)) as FeatureRecord;
}

/** A candidate's own columns and its id. */
export function candidateRecord(log: InteractionLog, at: number): FeatureRecord {
  const { ids, table } = log.entities[log.candidate]!;
  return at < 0 ? {} : { ...tableRecord(table, at), [log.candidate]: ids[at]! };
}

/** Entity types of a row besides the tasks' own and the candidate. */
export function otherTypes(log: InteractionLog, entity: string): readonly string[] {
  return Object.keys(log.refs).filter((type) => type !== log.candidate && type !== entity);
}

/** Another entity of a row. */
export function referenceRecord(log: InteractionLog, type: string, row: number): FeatureRecord {
  const at = row < 0 ? -1 : log.refs[type]![row]!;
  if (at < 0) return {};
  const { ids, table } = log.entities[type]!;
  const columns = Object.entries(tableRecord(table, at));
  return {
    ...Object.fromEntries(columns.map(([name, value]) => [`${type}.${name}`, value])),
    [type]: ids[at]!,
  };
}

/** What a log knows of one entity. */
export interface EntityHistory {
  /** Features of the entity; undefined where the log has no side table row for it. */
  readonly profile: FeatureRecord | undefined;
  /** Its newest interactions, oldest first; none for an entity that the log does not know. */
  readonly events: readonly SupportEvent[];
}

/**
 * Reads one entity's profile and newest interactions from a log, in the form that `adaptEntity` takes:
 * the events that `generateEmbeddings` would adapt it to.
 *
 * @param limit newest interactions, at most
 *
 * @example
 * ```ts
 * const { profile, events } = readHistory(log, tasks, 'member-7', 40);
 * await scorer.refresh({ entity: 'member-7', profile, events: [...events, click] });
 * ```
 */
export function readHistory(
  log: InteractionLog,
  tasks: TaskIndex,
  id: string,
  limit: number,
): EntityHistory {
  const task = tasks.taskIds.indexOf(id);
  const [start, end] = task < 0 ? [0, 0] : [tasks.offsets[task]!, tasks.offsets[task + 1]!];
  const rows = tasks.rows.subarray(Math.max(start, end - limit), end);
  return {
    profile: readProfile(log, tasks.entity, id),
    events: Array.from(rows, (row) => readEvent(log, tasks.entity, row)),
  };
}

function readProfile(log: InteractionLog, entity: string, id: string): FeatureRecord | undefined {
  const side = log.entities[entity];
  const at = side?.ids.indexOf(id) ?? -1;
  return at < 0 ? undefined : tableRecord(side!.table, at);
}

/** An interaction as an event of the entity whose type is named. */
export function readEvent(log: InteractionLog, entity: string, row: number): SupportEvent {
  return {
    candidate: referencesRecord(log, entity, row),
    label: log.label[row]!,
    context: tableRecord(log.context, row),
    outcome: tableRecord(log.outcomes, row),
  };
}
