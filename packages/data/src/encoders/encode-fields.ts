import type { EntityTable, InteractionLog, Table } from '@limaml/plugin';
import { logMismatch } from '../errors.js';
import type { TaskIndex } from '../tasks.js';
import { encodeColumn } from './encode.js';
import type { EncodedValues } from './encode.js';
import type { EncodedColumn } from './encoded-log.js';
import { idLookup, strideOf } from './field.js';
import type { Field } from './field.js';
import type { EncodersState } from './state.js';

/** What was fitted field by field. */
export type FieldsState = Omit<EncodersState, 'statistics' | 'factors'>;

/** Fitted features, without the candidate's statistics (which are made from some of them). */
export function encodeFields(
  state: FieldsState,
  log: InteractionLog,
  tasks: TaskIndex,
): EncodedColumn[] {
  return [
    ...encodeEntities(state, log, tasks),
    ...state.references.flatMap((reference) => encodeReference(reference, log)),
    ...state.context.map((field) => encodeTable(field, log.context, undefined)),
    ...state.outcomes.map((field) => encodeTable(field, log.outcomes, undefined)),
  ];
}

function encodeEntities(
  state: FieldsState,
  log: InteractionLog,
  tasks: TaskIndex,
): EncodedColumn[] {
  const ids = Int32Array.from(tasks.taskIds, idLookup(state.entityId));
  const entityId = { feature: state.entityId.feature, data: ids, stride: 1, index: undefined };
  const entities = log.entities[state.entity];
  if (entities === undefined) return [entityId, ...encodeUnknown(state, tasks)];
  const rowOf = new Map(entities.ids.map((id, row) => [id, row]));
  const index = Int32Array.from(tasks.taskIds, (id) => rowOf.get(id) ?? entities.ids.length);
  return [
    entityId,
    ...state.entityFields.map((field) => encodeTable(field, entities.table, index)),
  ];
}

/** Tasks of a type that has no table (a task need not be an entity of the log) have no known features. */
function encodeUnknown(state: FieldsState, tasks: TaskIndex): EncodedColumn[] {
  const index = new Int32Array(tasks.taskIds.length);
  return state.entityFields.map((field) => encodeTable(field, { rows: 0, columns: {} }, index));
}

function encodeReference(
  { type, id, fields }: EncodersState['references'][number],
  log: InteractionLog,
): EncodedColumn[] {
  const entities = log.entities[type];
  const refs = log.refs[type];
  if (!entities || !refs) throw logMismatch(log.name, type);
  const index = refs.map((ref) => (ref < 0 ? entities.ids.length : ref));
  return [id, ...fields].map((field) =>
    gathered(
      field,
      remembered(entities, field, () => encodeReferenced(id, field, entities)),
      index,
    ),
  );
}

function encodeReferenced(id: Field, field: Field, { ids, table }: EntityTable): EncodedValues {
  if (field !== id) return encodeColumn(field, table.columns[field.column], table.rows);
  const codes = Int32Array.from(ids, (_, row) => row);
  return encodeColumn(id, { kind: 'category', codes, categories: ids }, ids.length);
}

/** Encoded columns of entity tables: the parts of a log share the tables of the other entity types. */
const ENCODED = new WeakMap<EntityTable, WeakMap<Field, EncodedValues>>();

function remembered(table: EntityTable, field: Field, encode: () => EncodedValues): EncodedValues {
  const columns = ENCODED.get(table) ?? new WeakMap<Field, EncodedValues>();
  ENCODED.set(table, columns);
  const values = columns.get(field) ?? encode();
  columns.set(field, values);
  return values;
}

function encodeTable(field: Field, table: Table, index: Int32Array | undefined): EncodedColumn {
  return gathered(field, encodeColumn(field, table.columns[field.column], table.rows), index);
}

function gathered(
  { feature }: Field,
  data: EncodedValues,
  index: Int32Array | undefined,
): EncodedColumn {
  return { feature, data, stride: strideOf(feature), index };
}
