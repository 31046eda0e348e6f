import type { EncodedFeature, EntityPlugin, EntityTable, InteractionLog } from '@limaml/plugin';
import {
  columnMissingInLog,
  entityUnknown,
  featureNameTaken,
  noTrainingRows,
  optionInvalid,
} from '../errors.js';
import type { TaskIndex } from '../tasks.js';
import { fitCandidateFactors } from './candidate-factors.js';
import type { FactorOptions } from './candidate-factors.js';
import { fitStatistics, sumRows } from './candidate-rate.js';
import {
  candidateContent,
  candidateRows,
  candidateSize,
  drawnToContent,
} from './encode-candidates.js';
import { assertEntityFits } from './entity-fit.js';
import { encodeFields } from './encode-fields.js';
import type { FieldsState } from './encode-fields.js';
import { createEncoders } from './encoders.js';
import type { Encoders } from './encoders.js';
import { fitField, idFeature } from './field.js';
import type { Field, Owner } from './field.js';
import { ENCODERS_VERSION } from './state.js';
import type { EncodersState, ReferenceFields } from './state.js';

/** What {@link fitEncoders} fits on. */
export interface FitOptions {
  readonly tasks: TaskIndex;
  /** Mask of the log rows that may be looked at. */
  readonly trainRows: Uint8Array;
  /** Mask of the log rows whose tasks' ids enter the entity's id vocabulary. Default: `trainRows`. */
  readonly idRows?: Uint8Array;
  /** Pseudo-count of the candidate's rate and mean outcomes. Default 10. */
  readonly rateSmoothing?: number;
  /**
   * Prepares for candidates that training never saw. Candidates of the side table without training rows get ids, too;
   * rates, means and factors of candidates are drawn to what their features say, which is all there is of new ones;
   * and each fold of the training tasks is shown one fold of the candidates as if they were new, so that a model
   * learns what to do with them. Default false.
   */
  readonly newCandidates?: boolean;
  /** Candidate factors, a low-dimensional picture of who likes what. Default: none. */
  readonly factors?: FactorOptions;
}

/**
 * Fits encoders on training rows only: means and spreads, vocabularies, candidate statistics.
 *
 * Features: `entity.id` and `entity.<f>`; `row.<candidate>` (its id) and `row.<f>`; for other entity
 * types `row.<type>` and `row.<type>.<f>`; context `row.<f>`; `outcome.<f>`; and of the candidate's
 * training rows `row.like_rate` (smoothed, as a logit), `row.log_popularity`, and `row.mean_<f>` for
 * each dense outcome, on the scale of `outcome.<f>`, so that their difference is a residual. With
 * `factors` also `row.factors` [K] and `row.factor_mean`: loadings V_i and mean μ_i of the factor
 * model `x = μ_i + ⟨V_i, w⟩ + noise` of the label or an outcome.
 *
 * @throws LIMAML_ERR_DATA_NO_TRAINING_ROWS, LIMAML_ERR_DATA_COLUMN_MISSING,
 *   LIMAML_ERR_DATA_FEATURE_KIND, LIMAML_ERR_DATA_FEATURE_NAME, LIMAML_ERR_DATA_ENTITY_UNKNOWN,
 *   LIMAML_ERR_DATA_ENTITY_MISMATCH
 * @example
 * ```ts
 * const trainRows = rowsOfTasks(tasks, split.train);
 * const encoders = fitEncoders(log, entity, { tasks, trainRows });
 * const encoded = encoders.encode(log, tasks, { trainRows });
 * ```
 */
export function fitEncoders(
  log: InteractionLog,
  entity: EntityPlugin,
  options: FitOptions,
): Encoders {
  if (!options.trainRows.includes(1)) throw noTrainingRows(log.name);
  if (!(log.candidate in log.entities)) throw entityUnknown(log.name, log.candidate);
  const entityFields = fitEntity(log, entity, options);
  const state = {
    version: ENCODERS_VERSION,
    entity: entity.name,
    candidate: log.candidate,
    entityId: fitEntityId(options.tasks, options.idRows ?? options.trainRows),
    entityFields,
    metaFeatures: metaFeatures(entity, entityFields),
    references: referenceTypes(log, entity).map((type) => fitReference(log, type, options)),
    context: fitTable(log.contextFeatures, log.context, 'row', options.trainRows),
    outcomes: fitTable(log.outcomeFeatures, log.outcomes, 'outcome', options.trainRows),
    ...(options.newCandidates && ({ newCandidates: true } as const)),
  } as const;
  const encoders = createEncoders({ ...state, ...fitCandidates(state, log, options) });
  assertUniqueNames(encoders.schema.features);
  return encoders;
}

/** Entity types that rows refer to: all but the tasks' own, or what they are made of, unless that is the candidate. */
function referenceTypes(log: InteractionLog, { name, of = [] }: EntityPlugin): string[] {
  const own = new Set([name, ...of.flatMap((part) => (part.kind === 'entity' ? [part.type] : []))]);
  return Object.keys(log.refs).filter((type) => !own.has(type) || type === log.candidate);
}

function fitEntity(log: InteractionLog, entity: EntityPlugin, options: FitOptions): Field[] {
  const entities = log.entities[entity.name];
  const features = entity.features === 'dataset' ? (entities?.features ?? []) : entity.features;
  if (entities === undefined) {
    if (features.length > 0) throw entityUnknown(log.name, entity.name);
    return [];
  }
  assertEntityFits({ entity, dataset: log.name, features, table: entities.table });
  const trained = new Set(trainedIds(options.tasks, options.trainRows));
  const weight = entities.ids.map((id) => (trained.has(id) ? 1 : 0));
  const { defaults } = entity.coldStart;
  return fitTable(features, entities.table, 'entity', weight).map((field) => {
    const name = field.feature.name.slice('entity.'.length);
    return name in defaults ? { ...field, missing: defaults[name]! } : field;
  });
}

function fitEntityId(tasks: TaskIndex, idRows: Uint8Array): EncodersState['entityId'] {
  const values = trainedIds(tasks, idRows);
  const feature = idFeature('entity.id', 'entity', 'categorical', 0, values.length);
  return { feature: { ...feature, role: 'entity-id' }, column: 'id', kind: 'ids', values };
}

/** Ids of the tasks that have a row in the mask. */
function trainedIds(tasks: TaskIndex, mask: Uint8Array): string[] {
  return tasks.taskIds.filter((_, task) =>
    tasks.rows
      .subarray(tasks.offsets[task], tasks.offsets[task + 1])
      .some((row) => mask[row] === 1),
  );
}

function metaFeatures(entity: EntityPlugin, fields: readonly Field[]): string[] {
  const all = ['entity.id', ...fields.map((field) => field.feature.name)];
  if (entity.metaFeatures === 'all') return all;
  return entity.metaFeatures.map((name) => `entity.${name}`);
}

function fitReference(
  log: InteractionLog,
  type: string,
  { trainRows, newCandidates }: FitOptions,
): ReferenceFields {
  const entities = log.entities[type];
  if (entities === undefined) throw entityUnknown(log.name, type);
  const weight = new Float64Array(entities.ids.length);
  log.refs[type]!.forEach((ref, row) => {
    if (ref >= 0 && trainRows[row]) weight[ref]!++;
  });
  const keepsAll = newCandidates === true && type === log.candidate;
  const values = entities.ids.filter((_, row) => keepsAll || weight[row]! > 0);
  const feature = idFeature(`row.${type}`, 'row', 'categorical', 0, values.length);
  const role = type === log.candidate ? ({ role: 'candidate-id' } as const) : {};
  const prefix = type === log.candidate ? 'row' : `row.${type}`;
  return {
    type,
    id: { feature: { ...feature, ...role }, column: type, kind: 'ids', values },
    fields: fitTable(entities.features, entities.table, 'row', weight, prefix),
  };
}

function fitTable(
  declarations: EntityTable['features'],
  table: EntityTable['table'],
  owner: Owner,
  weight: ArrayLike<number>,
  prefix: string = owner,
): Field[] {
  return declarations.map((declaration) => {
    const name = `${prefix}.${declaration.name}`;
    const source = declaration.column ?? declaration.name;
    const column = table.columns[source];
    if (!column) throw columnMissingInLog(name, source, Object.keys(table.columns));
    return fitField(declaration, name, owner, column, weight);
  });
}

/** Fits what is known of candidates from their rows, on the columns that the rest of the state encodes. */
function fitCandidates(
  state: FieldsState,
  log: InteractionLog,
  { tasks, trainRows, rateSmoothing = 10, factors }: FitOptions,
): Pick<EncodersState, 'statistics' | 'factors'> {
  const columns = encodeFields(state, log, tasks);
  const rows = candidateRows(state, log, columns);
  const sums = sumRows(rows, trainRows, 1, candidateSize(state));
  const logit = log.label.every((label, row) => !trainRows[row] || (label >= 0 && label <= 1));
  const content = candidateContent(state, columns);
  const input = { rows, tasks, trainRows, content, contentMeans: state.newCandidates === true };
  const options = { smoothing: rateSmoothing, logit };
  const statistics = fitStatistics(drawnToContent(options, sums, input), options);
  if (!factors) return { statistics };
  assertTarget(factors, Object.keys(rows.outcomes));
  return { statistics, factors: fitCandidateFactors(input, factors) };
}

function assertTarget({ target = 'label' }: FactorOptions, outcomes: readonly string[]): void {
  if (target !== 'label' && !outcomes.includes(target)) {
    throw optionInvalid('factors.target', target, `one of: ${['label', ...outcomes].join(', ')}`);
  }
}

function assertUniqueNames(features: readonly EncodedFeature[]): void {
  const names = new Set<string>();
  for (const { name } of features) {
    if (names.has(name)) throw featureNameTaken(name);
    names.add(name);
  }
}
