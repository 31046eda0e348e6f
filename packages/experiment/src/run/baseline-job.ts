import { fingerprintOf, type TaskIndex } from '@limaml/data';
import type { Predictions } from '@limaml/plugin';
import {
  predictEpisodes,
  type Baseline,
  type BaselineInput,
  type FittedBaseline,
  type ObservedRows,
} from '../baselines/baseline.js';
import { globalMean, itemRate } from '../baselines/item-rate.js';
import { itemUserBias } from '../baselines/item-user-bias.js';
import { logisticFactorisation } from '../baselines/matrix-factorisation.js';
import { labelKindOf } from '../baselines/label-kind.js';
import { observeRows } from '../baselines/observe-rows.js';
import { truth } from '../baselines/truth.js';
import { trainingInterrupted } from '../errors.js';
import { queryLabels } from '../evaluation/predictor.js';
import { evaluateSets } from '../evaluation/evaluate-sets.js';
import { evaluateFreshness } from '../freshness/evaluate-freshness.js';
import type { BaselineName } from '../spec/schema.js';
import type { TestSet } from '../split/seed-data.js';
import { evaluationContext, keepPredictions, type EvaluatedRecord } from './evaluated-record.js';
import type { Job, JobContext } from './job.js';
import { readRecords, runFolder, writeRecords, type RunRecord } from './run-record.js';

const BASELINES: Readonly<Record<BaselineName, () => Baseline>> = {
  'global-mean': globalMean,
  'item-rate': itemRate,
  'item-user-bias': itemUserBias,
  'logistic-mf': logisticFactorisation,
  truth,
};

/** The baseline that a spec names. */
export function createBaseline(name: BaselineName): Baseline {
  return BASELINES[name]();
}

/** Fits a baseline, evaluates it and records what it came to; or reads that from an earlier run. */
export async function runBaseline(job: Job, context: JobContext): Promise<readonly RunRecord[]> {
  const baseline = createBaseline(job.name as BaselineName);
  const folder = runFolder(context.out, job.name, job.seed);
  const fingerprint = await baselineFingerprint(job, context);
  const finished = context.resume ? await readRecords(folder, fingerprint) : undefined;
  if (finished !== undefined) return finished;
  const evaluated = await fitAndScore(baseline, job, context);
  await keepPredictions(folder, [evaluated], context);
  await writeRecords(folder, fingerprint, [evaluated.record]);
  return [evaluated.record];
}

async function fitAndScore(
  baseline: Baseline,
  { seed }: Job,
  context: JobContext,
): Promise<EvaluatedRecord> {
  const { log } = await context.data();
  const { train, training, validation } = await context.seedData(seed);
  const { signal } = context;
  const observe = (tasks: TaskIndex): ObservedRows => observeRows(log, tasks);
  const scoring = await evaluationContext(seed, context);
  const started = performance.now();
  const fitted = await fitOrStop(baseline, {
    ...{ training: observe(training), labels: labelKindOf(log.label), train, seed },
    ...{ observed: observe(validation.index), validation: validation.episodes },
    ...(signal && { signal }),
  });
  const seconds = (performance.now() - started) / 1000;
  const predict = ({ index, episodes }: TestSet): Promise<Predictions> => {
    const { score, offsets } = predictEpisodes(fitted, episodes, observe(index));
    const label = queryLabels({ label: log.label, tasks: index }, episodes);
    return Promise.resolve({ tasks: episodes.length, offsets, score, label, seed });
  };
  const { card, predicted } = await evaluateSets(scoring, predict);
  const { replay, metrics } = scoring;
  const fresh = replay && (await evaluateFreshness(replay, metrics, predict));
  const freshness = fresh && { freshness: fresh.card };
  const { name = baseline.name } = fitted;
  const named = { name, kind: 'baseline', seed, chosen: fitted.chosen, seconds } as const;
  const record = { ...named, ...card, ...freshness };
  return { record, predicted, ...(fresh && { replay: fresh.replay }) };
}

/** An abort in the middle of a fit is an interruption like any other. */
async function fitOrStop(baseline: Baseline, input: BaselineInput): Promise<FittedBaseline> {
  try {
    return await baseline.fit(input);
  } catch (error) {
    throw input.signal?.aborted ? trainingInterrupted(baseline.name, input.seed) : error;
  }
}

async function baselineFingerprint({ name, seed }: Job, context: JobContext): Promise<string> {
  const { split, cohorts, metrics, entity, freshness } = context.spec;
  const { fingerprint } = await context.data();
  return fingerprintOf({
    ...{ name, seed, split, cohorts, metrics, entity, freshness },
    data: fingerprint,
  });
}
