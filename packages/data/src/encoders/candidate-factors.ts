import type { EncodedFeature } from '@limaml/plugin';
import type { TaskIndex } from '../tasks.js';
import type { CandidateRows } from './candidate-rate.js';
import type { ContentRows } from './content-prior.js';
import { fitFactors } from './factor-analysis.js';
import type { FactorModel, FactorRows } from './factor-model.js';
import { FIRST_KNOWN } from './field.js';

/** Asks for candidate factors: `row.factors` and `row.factor_mean`. */
export interface FactorOptions {
  /** Factors beside the one for how much an entity likes everything. Default 16. */
  readonly dim?: number;
  /** What is analysed: `'label'` (the default) or the name of a dense outcome, e.g. `'rating'`. */
  readonly target?: string;
  /** Precision of the prior that draws a candidate's loadings to what its features say. Default 100. */
  readonly precision?: number;
  /** EM iterations. Default 8. */
  readonly iterations?: number;
  /** Seed of the first loadings. Default 0. */
  readonly seed?: number;
}

/** Fitted factors. JSON-safe. */
export interface FactorState {
  readonly dim: number;
  readonly target: string;
  readonly precision: number;
  readonly noise: number;
  /** Of labels, by which they were standardised; 0 and 1 for outcomes, which are standard already. */
  readonly center: number;
  readonly scale: number;
  /** `[ids, dim]` and `[ids]`, six significant digits. */
  readonly loadings: readonly number[];
  readonly mean: readonly number[];
}

/** What factors are fitted on. */
export interface FactorInput {
  readonly rows: CandidateRows;
  readonly tasks: TaskIndex;
  readonly trainRows: Uint8Array;
  readonly content: ContentRows;
  /** Whether means are drawn to what content says. */
  readonly contentMeans: boolean;
}

/** EM iterations that forget a fold, from loadings that know it. */
const FOLD_ITERATIONS = 2;

/** Fits factors on all training rows. */
export function fitCandidateFactors(input: FactorInput, options: FactorOptions): FactorState {
  const { dim = 16, target = 'label', precision = 100, iterations = 8, seed = 0 } = options;
  const standard = target === 'label' ? labelScale(input) : { center: 0, scale: 1 };
  const rows = selectRows(input, { target, ...standard }, () => true);
  const shape = { candidates: input.content.offsets.length - 1, dim: dim + 1, seed };
  const { content, contentMeans } = input;
  const model = fitFactors(rows, shape, { iterations, precision, content, contentMeans });
  return {
    dim: model.dim,
    target,
    precision,
    noise: model.noise,
    ...standard,
    loadings: Array.from(model.loadings, round),
    mean: Array.from(model.mean, round),
  };
}

/** Features of the factors, of all training rows. */
export function factorValues(state: FactorState): Record<string, Float32Array> {
  return {
    'row.factors': Float32Array.from(state.loadings),
    'row.factor_mean': Float32Array.from(state.mean),
  };
}

/**
 * Features of the factors without some tasks and candidates: a few EM iterations from the factors of all, so that
 * the axes stay where they are.
 */
export function factorValuesWithout(
  state: FactorState,
  input: FactorInput,
  isLeftOut: (task: number) => boolean,
  hidden: ReadonlySet<number> = new Set(),
): Record<string, Float32Array> {
  const rows = selectRows(input, state, (task) => !isLeftOut(task), hidden);
  const start: FactorModel = {
    dim: state.dim,
    noise: state.noise,
    loadings: Float64Array.from(state.loadings),
    mean: Float64Array.from(state.mean),
  };
  const shape = { candidates: state.mean.length, dim: state.dim, seed: 0 };
  const { precision } = state;
  const { content, contentMeans } = input;
  const fit = { start, iterations: FOLD_ITERATIONS, precision, content, contentMeans };
  const model = fitFactors(rows, shape, fit);
  return {
    'row.factors': Float32Array.from(model.loadings),
    'row.factor_mean': Float32Array.from(model.mean),
  };
}

/** Schema of the factors. */
export function factorFeatures(state: FactorState): EncodedFeature[] {
  const dense = { owner: 'row', kind: 'dense', size: 0, vocabulary: '' } as const;
  return [
    { ...dense, name: 'row.factors', width: state.dim, role: 'candidate-factors' },
    { ...dense, name: 'row.factor_mean', width: 1, role: 'candidate-factor-mean' },
  ];
}

/** Six digits keep more than float32 noise matters and halve the file. */
function round(value: number): number {
  return Number(value.toPrecision(6));
}

function labelScale({ rows, trainRows }: FactorInput): { center: number; scale: number } {
  let [count, sum, squares] = [0, 0, 0];
  trainRows.forEach((train, row) => {
    if (!train) return;
    count++;
    sum += rows.label[row]!;
    squares += rows.label[row]! ** 2;
  });
  const center = sum / count;
  const variance = squares / count - center * center;
  return { center, scale: variance > 1e-12 ? Math.sqrt(variance) : 1 };
}

/** Training rows of some tasks, grouped by task, without those of hidden candidates. */
function selectRows(
  { rows, tasks, trainRows }: FactorInput,
  { target, center, scale }: Pick<FactorState, 'target' | 'center' | 'scale'>,
  isChosen: (task: number) => boolean,
  hidden: ReadonlySet<number> = new Set(),
): FactorRows {
  const source = target === 'label' ? rows.label : rows.outcomes[target]!;
  const offsets = new Int32Array(tasks.offsets.length);
  const candidate = new Int32Array(tasks.rows.length);
  const value = new Float64Array(tasks.rows.length);
  let end = 0;
  for (let task = 0; task + 1 < offsets.length; task++) {
    if (isChosen(task)) {
      for (let at = tasks.offsets[task]!; at < tasks.offsets[task + 1]!; at++) {
        const row = tasks.rows[at]!;
        if (!trainRows[row] || rows.ids[row]! < FIRST_KNOWN || hidden.has(rows.ids[row]!)) continue;
        candidate[end] = rows.ids[row]!;
        value[end++] = (source[row]! - center) / scale;
      }
    }
    offsets[task + 1] = end;
  }
  return { offsets, candidate: candidate.subarray(0, end), value: value.subarray(0, end) };
}
