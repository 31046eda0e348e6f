import type { EncodedFeature, InteractionLog } from '@limaml/plugin';
import { hashString } from '../random.js';
import type { TaskIndex } from '../tasks.js';
import { contentRows } from './candidate-content.js';
import { factorFeatures, factorValues, factorValuesWithout } from './candidate-factors.js';
import type { FactorInput } from './candidate-factors.js';
import { statisticsFeatures, statisticsValues, subtractSums, sumRows } from './candidate-rate.js';
import type { CandidateRows, CandidateStatistics, CandidateSums } from './candidate-rate.js';
import type { ContentRows } from './content-prior.js';
import type { FieldsState } from './encode-fields.js';
import type { EncodedColumn, EncodeOptions } from './encoded-log.js';
import { strideOf } from './field.js';
import { hiddenFrom, hideCandidates, meansFromContent } from './new-candidates.js';
import type { EncodersState, ReferenceFields } from './state.js';

type CandidateState = Pick<EncodersState, 'statistics' | 'factors'>;

/** Features made of a candidate's training rows, in schema order. */
export function candidateFeatures({ statistics, factors }: CandidateState): EncodedFeature[] {
  return [
    ...statisticsFeatures(Object.keys(statistics.outcomes)),
    ...(factors ? factorFeatures(factors) : []),
  ];
}

/** Values by what they were made from: every part of a log needs them. */
const VALUES = new WeakMap<CandidateState, Readonly<Record<string, Float32Array>>>();

/** Their values over all training rows, by feature name; row-major by candidate id. */
export function candidateValues(state: CandidateState): Readonly<Record<string, Float32Array>> {
  const { statistics, factors } = state;
  const values = VALUES.get(state) ?? {
    ...statisticsValues(statistics),
    ...(factors ? factorValues(factors) : {}),
  };
  VALUES.set(state, values);
  return values;
}

/**
 * Encodes them for a log. Block 0 of the data is over all training rows, each further block over some of them;
 * each row of the log points into the block that it may know: see {@link EncodeOptions}.
 */
export function encodeCandidates(
  state: EncodersState,
  log: InteractionLog,
  tasks: TaskIndex,
  columns: readonly EncodedColumn[],
  { trainRows, folds = 5, moments }: EncodeOptions,
): EncodedColumn[] {
  const rows = candidateRows(state, log, columns);
  const blocks: Readonly<Record<string, Float32Array>>[] = [candidateValues(state)];
  let index = rows.ids;
  if (trainRows !== undefined) {
    const content = candidateContent(state, columns);
    const contentMeans = state.newCandidates === true;
    const input = { rows, tasks, trainRows, content, contentMeans };
    const parts = moments
      ? valuesAsOf(state, input, moments)
      : valuesWithoutFolds(state, input, folds);
    blocks.push(...parts.blocks);
    const size = candidateSize(state);
    index = index.map((id, row) => parts.blockOf[row]! * size + id);
  }
  return candidateFeatures(state).map((feature) => {
    const data = concatenate(blocks.map((values) => values[feature.name]!));
    return { feature, data, stride: strideOf(feature), index };
  });
}

/** Ids of the candidate's vocabulary. */
export function candidateSize(state: FieldsState): number {
  return candidateReference(state).id.feature.size;
}

function candidateReference({ references, candidate }: FieldsState): ReferenceFields {
  return references.find(({ type }) => type === candidate)!;
}

/** What candidates' features are computed from, read off the encoded columns. */
export function candidateRows(
  state: FieldsState,
  log: InteractionLog,
  columns: readonly EncodedColumn[],
): CandidateRows & { readonly ids: Int32Array } {
  const { data, index } = columnOf(columns, `row.${state.candidate}`);
  const outcomes = state.outcomes.filter((field) => field.kind === 'dense');
  return {
    ids: index!.map((entry) => data[entry]!),
    label: log.label,
    outcomes: Object.fromEntries(
      outcomes.map(({ feature: { name } }) => [
        name.slice('outcome.'.length),
        columnOf(columns, name).data,
      ]),
    ),
  };
}

/** Design matrix of the candidate's own features. */
export function candidateContent(
  state: FieldsState,
  columns: readonly EncodedColumn[],
): ContentRows {
  const { fields } = candidateReference(state);
  const features = fields.map((field) => columnOf(columns, field.feature.name));
  return contentRows(
    columnOf(columns, `row.${state.candidate}`).data,
    candidateSize(state),
    features,
  );
}

/** Values over parts of the training rows, as blocks 1, 2…, and the block of each log row. */
interface ValueBlocks {
  readonly blocks: readonly Readonly<Record<string, Float32Array>>[];
  readonly blockOf: Uint16Array;
}

/** Block f + 1 is without the tasks of fold f. */
function valuesWithoutFolds(state: EncodersState, input: FactorInput, folds: number): ValueBlocks {
  const blockOf = rowBlocks(input.tasks, input.trainRows, folds);
  const candidateIds = candidateReference(state).id.values;
  const blocks = Array.from({ length: folds }, (_, fold) =>
    valuesWithout(state, { ...input, blockOf, candidateIds }, fold + 1, folds),
  );
  return { blocks, blockOf };
}

/** Block k + 1 is as of moment k; block 1 is before the first one, from nothing. */
function valuesAsOf(
  { statistics, factors }: EncodersState,
  input: FactorInput,
  moments: readonly number[],
): ValueBlocks {
  const { timestamp } = input.tasks;
  const blockOf = Uint16Array.from(input.trainRows, (train, row) =>
    train ? 1 + momentsUntil(moments, timestamp[row]!) : 0,
  );
  const blocks = [-Infinity, ...moments].map((moment) => {
    const before = input.trainRows.map((train, row) => Number(train && timestamp[row]! < moment));
    const sums = sumRows(input.rows, before, 1, statistics.count.length);
    const values = statisticsValues(statistics, drawnToContent(statistics, sums, input));
    if (!factors) return values;
    const known = { ...input, trainRows: before };
    return { ...values, ...factorValuesWithout(factors, known, () => false) };
  });
  return { blocks, blockOf };
}

/** How many ascending moments are not after a time. */
export function momentsUntil(moments: readonly number[], time: number): number {
  const later = moments.findIndex((moment) => moment > time);
  return later < 0 ? moments.length : later;
}

interface FoldInput extends FactorInput {
  readonly blockOf: Uint16Array;
  /** Known ids of the candidate's vocabulary. */
  readonly candidateIds: readonly string[];
}

function valuesWithout(
  { statistics, factors }: EncodersState,
  input: FoldInput,
  block: number,
  folds: number,
): Record<string, Float32Array> {
  const fold = sumRows(input.rows, input.blockOf, block, statistics.count.length);
  const hidden = input.contentMeans ? hiddenFrom(input.candidateIds, block - 1, folds) : undefined;
  const rest = subtractSums(statistics, fold);
  const sums = hidden ? hideCandidates(rest, hidden) : rest;
  const values = statisticsValues(statistics, drawnToContent(statistics, sums, input));
  if (!factors) return values;
  const isLeftOut = (task: number): boolean =>
    taskBlock(input.tasks.taskIds[task]!, folds) === block;
  return { ...values, ...factorValuesWithout(factors, input, isLeftOut, hidden) };
}

/** The sums with what features say beside them, where new candidates are prepared for. */
export function drawnToContent<Sums extends CandidateSums>(
  { smoothing, logit }: Pick<CandidateStatistics, 'smoothing' | 'logit'>,
  sums: Sums,
  { content, contentMeans }: Pick<FactorInput, 'content' | 'contentMeans'>,
): Sums {
  if (!contentMeans) return sums;
  return { ...sums, prior: meansFromContent(content, sums, { smoothing, isRate: logit }) };
}

/** Block of each log row: 0 outside the training rows, else that of its task. */
function rowBlocks(tasks: TaskIndex, trainRows: Uint8Array, folds: number): Uint16Array {
  const blockOf = new Uint16Array(trainRows.length);
  tasks.taskIds.forEach((id, task) => {
    const block = taskBlock(id, folds);
    for (let at = tasks.offsets[task]!; at < tasks.offsets[task + 1]!; at++) {
      const row = tasks.rows[at]!;
      if (trainRows[row]) blockOf[row] = block;
    }
  });
  return blockOf;
}

function taskBlock(taskId: string, folds: number): number {
  return (hashString(taskId) % folds) + 1;
}

function columnOf(columns: readonly EncodedColumn[], name: string): EncodedColumn {
  return columns.find(({ feature }) => feature.name === name)!;
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
