import type { EncodedFeature, FeatureSchema, InteractionLog, Table } from '@limaml/plugin';
import { logMismatch } from '../errors.js';
import { hashString } from '../random.js';
import type { TaskIndex } from '../tasks.js';
import { statisticsFeatures, statisticsValues, subtractSums, sumRows } from './candidate-rate.js';
import type { CandidateRows } from './candidate-rate.js';
import { encodeColumn } from './encode.js';
import type { EncodedValues } from './encode.js';
import { idLookup, strideOf } from './field.js';
import type { Field } from './field.js';
import type { EncodersState } from './state.js';

/** One encoded feature of a log, kept once per entity or row and gathered when a batch is assembled. */
export interface EncodedColumn {
  readonly feature: EncodedFeature;
  /** Entries, row-major `[entries, stride]`. */
  readonly data: EncodedValues;
  /** Numbers per entry: max(1, width). */
  readonly stride: number;
  /** Entry of each log row (of each task for entity features); without it entry = row. */
  readonly index: Int32Array | undefined;
}

/** A log in encoded form, with its tasks. */
export interface EncodedLog {
  readonly schema: FeatureSchema['features'];
  readonly tasks: TaskIndex;
  /** By feature name. */
  readonly columns: Readonly<Record<string, EncodedColumn>>;
  readonly label: Float32Array;
}

/** Options of `Encoders.encode`. */
export interface EncodeOptions {
  /**
   * The rows that the encoders were fitted on, as a mask. These rows then get candidate rates and mean
   * outcomes *out of fold*: computed without the tasks of their own fold, so that no row's features
   * hold its own label. Without it they leak, most for rare candidates. Rows outside the mask always
   * get the rates of all training rows.
   */
  readonly trainRows?: Uint8Array;
  /** Folds of the above; a task's fold is a hash of its id. Default 10. */
  readonly folds?: number;
}

type FieldsState = Omit<EncodersState, 'statistics'>;

export function encodeLog(
  state: EncodersState,
  log: InteractionLog,
  tasks: TaskIndex,
  options: EncodeOptions = {},
): EncodedLog {
  const fields = encodeFields(state, log, tasks);
  const columns = [...fields, ...encodeStatistics(state, log, tasks, fields, options)];
  return {
    schema: columns.map(({ feature }) => feature),
    tasks,
    columns: Object.fromEntries(columns.map((column) => [column.feature.name, column])),
    label: log.label,
  };
}

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
  const codes = Int32Array.from(entities.ids, (_, row) => row);
  const idColumn = { kind: 'category', codes, categories: entities.ids } as const;
  return [
    gathered(id, encodeColumn(id, idColumn, entities.ids.length), index),
    ...fields.map((field) => encodeTable(field, entities.table, index)),
  ];
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

/** Statistics of the candidate: block 0 over all training rows, block f + 1 without the tasks of fold f. */
function encodeStatistics(
  state: EncodersState,
  log: InteractionLog,
  tasks: TaskIndex,
  columns: readonly EncodedColumn[],
  { trainRows, folds = 10 }: EncodeOptions,
): EncodedColumn[] {
  const rows = candidateRows(state, log, columns);
  const size = state.statistics.count.length;
  const blocks = [statisticsValues(state.statistics)];
  let index = rows.ids;
  if (trainRows !== undefined) {
    const blockOf = foldBlocks(tasks, trainRows, folds);
    for (let block = 1; block <= folds; block++) {
      const fold = sumRows(rows, blockOf, block, size);
      blocks.push(statisticsValues(state.statistics, subtractSums(state.statistics, fold)));
    }
    index = index.map((id, row) => blockOf[row]! * size + id);
  }
  return statisticsFeatures(Object.keys(state.statistics.outcomes)).map((feature) => {
    const data = concatenate(blocks.map((values) => values[feature.name]!));
    return { feature, data, stride: 1, index };
  });
}

/** What the statistics are computed from, read off the encoded columns. */
export function candidateRows(
  state: FieldsState,
  log: InteractionLog,
  columns: readonly EncodedColumn[],
): CandidateRows & { readonly ids: Int32Array } {
  const byName = new Map(columns.map((column) => [column.feature.name, column]));
  const { data, index } = byName.get(`row.${state.candidate}`)!;
  const outcomes = state.outcomes.filter((field) => field.kind === 'dense');
  return {
    ids: index!.map((entry) => data[entry]!),
    label: log.label,
    outcomes: Object.fromEntries(
      outcomes.map(({ feature: { name } }) => [name.slice(8), byName.get(name)!.data]),
    ),
  };
}

/** Block of each log row: 0 outside the training rows, else fold + 1 of its task. */
function foldBlocks(tasks: TaskIndex, trainRows: Uint8Array, folds: number): Uint16Array {
  const blockOf = new Uint16Array(trainRows.length);
  tasks.taskIds.forEach((id, task) => {
    const block = (hashString(id) % folds) + 1;
    for (let at = tasks.offsets[task]!; at < tasks.offsets[task + 1]!; at++) {
      const row = tasks.rows[at]!;
      if (trainRows[row]) blockOf[row] = block;
    }
  });
  return blockOf;
}

function concatenate(parts: readonly Float32Array[]): Float32Array {
  const joined = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
