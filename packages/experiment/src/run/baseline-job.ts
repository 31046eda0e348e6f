import { fingerprintOf } from '@limaml/data';
import {
  predictEpisodes,
  type Baseline,
  type BaselineInput,
  type FittedBaseline,
} from '../baselines/baseline.js';
import { globalMean, itemRate } from '../baselines/item-rate.js';
import { itemUserBias } from '../baselines/item-user-bias.js';
import { logisticFactorisation } from '../baselines/matrix-factorisation.js';
import { truth } from '../baselines/truth.js';
import { trainingInterrupted } from '../errors.js';
import { queryLabels } from '../evaluation/predictor.js';
import { scorePredictions } from '../evaluation/score-card.js';
import type { BaselineName } from '../spec/schema.js';
import type { Job, JobContext } from './job.js';
import { readRecords, runFolder, writeRecords, type RunRecord } from './run-record.js';
import { observeRows } from './seed-data.js';

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
  const records = [await fitAndScore(baseline, job, context)];
  await writeRecords(folder, fingerprint, records);
  return records;
}

async function fitAndScore(
  baseline: Baseline,
  { seed }: Job,
  context: JobContext,
): Promise<RunRecord> {
  const data = await context.data();
  const { split, validation, test } = await context.seedData(seed);
  const started = performance.now();
  const { signal } = context;
  const observed = observeRows(data);
  const input = { observed, train: split.train, validation, seed, ...(signal && { signal }) };
  const fitted = await fitOrStop(baseline, input);
  const seconds = (performance.now() - started) / 1000;
  const { score, offsets } = predictEpisodes(fitted, test);
  const label = queryLabels({ label: data.log.label, tasks: data.tasks }, test);
  const predictions = { tasks: test.length, offsets, score, label, seed };
  const card = scorePredictions(predictions, test, context.metrics, context.spec);
  const { name } = baseline;
  return { name, kind: 'baseline', seed, ...card, chosen: fitted.chosen, seconds };
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
  const { split, cohorts, metrics, entity } = context.spec;
  const { fingerprint } = await context.data();
  return fingerprintOf({ name, seed, split, cohorts, metrics, entity, data: fingerprint });
}
