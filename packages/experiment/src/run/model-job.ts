import { describeAlgorithm, type Algorithm } from '@limaml/core';
import { fingerprintOf } from '@limaml/data';
import type { Predictions } from '@limaml/plugin';
import { evaluatePrior, evaluateSets, type SetPredictions } from '../evaluation/evaluate-sets.js';
import type { Parity } from '../evaluation/parity.js';
import { evaluateFreshness } from '../freshness/evaluate-freshness.js';
import { planReplay } from '../freshness/plan-replay.js';
import type { ModelEntry } from '../spec/schema.js';
import { algorithmOf } from '../training/algorithm.js';
import type { TrainingProgress } from '../training/checkpoint.js';
import { trainModel } from '../training/train-model.js';
import type { TrainedModel, TrainingSetup } from '../training/training-setup.js';
import type { TestSet } from '../split/seed-data.js';
import { peakMemory } from './environment.js';
import {
  evaluationContext,
  keepPredictions,
  type EvaluatedRecord,
  type RunEvaluation,
} from './evaluated-record.js';
import { seedDataOf } from './entry-data.js';
import type { Job, JobContext } from './job.js';
import { keepEmbeddings } from './kept-embeddings.js';
import { prepareJoint } from './prepare-joint.js';
import { prepareModel, type PreparedModel } from './prepare-model.js';
import { writeRun } from './run-folder.js';
import { readRecords, runFiles, runFolder, writeRecords } from './run-record.js';
import type { RunRecord } from './run-record.js';

/**
 * Trains a model, evaluates it and keeps everything in its run folder; or reads the outcome of an
 * earlier run, or goes on with one that was interrupted.
 */
export async function runModel(job: Job, context: JobContext): Promise<readonly RunRecord[]> {
  const entry = context.spec.models.find(({ name }) => name === job.name)!;
  const folder = runFolder(context.out, job.name, job.seed);
  const algorithm = algorithmOf(entry.algorithm, context.registry);
  const fingerprint = await trainingFingerprint(entry, algorithm, job.seed, context);
  if (job.until !== undefined) {
    return [await trainOnly(entry, job, context, { folder, fingerprint })];
  }
  const { metrics, cohorts, freshness } = context.spec;
  const prior = reportsPrior(entry, algorithm);
  const scored = fingerprintOf({ fingerprint, metrics, cohorts, prior, freshness });
  const finished = context.resume ? await readRecords(folder, scored) : undefined;
  if (finished !== undefined) return finished;
  const records = await trainAndScore(entry, job, context, { folder, fingerprint });
  await writeRecords(folder, scored, records);
  return records;
}

/** What of a run has its place in the run folder. */
interface Place {
  readonly folder: string;
  readonly fingerprint: string;
}

/** Trains up to the job's epoch: no test task is looked at, and the record has no metrics of any. */
async function trainOnly(
  entry: ModelEntry,
  job: Job,
  context: JobContext,
  place: Place,
): Promise<RunRecord> {
  const { setup } = await prepare(entry, job, context);
  try {
    const { progress } = await train(setup, job, context, place);
    const { name, seed } = job;
    return { name, kind: 'model', seed, metrics: {}, cohorts: [], ...trainingOf(progress) };
  } finally {
    await setup.predictor.dispose();
  }
}

function prepare(entry: ModelEntry, job: Job, context: JobContext): Promise<PreparedModel> {
  return (entry.entities === undefined ? prepareModel : prepareJoint)(entry, job, context);
}

/** How training went, for a record. */
function trainingOf({
  bestEpoch,
  history,
  seconds,
  timings,
}: TrainingProgress): Pick<RunRecord, 'training' | 'seconds' | 'timings'> {
  return { training: { bestEpoch, history }, seconds, timings };
}

async function trainAndScore(
  entry: ModelEntry,
  job: Job,
  context: JobContext,
  place: Place,
): Promise<RunRecord[]> {
  const scoring = await scoringOf(entry, job.seed, context);
  const prepared = await prepare(entry, job, context);
  const { setup, encoders, entities } = prepared;
  try {
    const trained = await train(setup, job, context, place);
    await writeRun(place.folder, {
      ...{ entry, encoders, seed: job.seed, spec: context.spec, limits: setup.limits },
      algorithm: describeAlgorithm(setup.algorithm, setup.model),
      fingerprint: place.fingerprint,
      data: (await context.data()).fingerprint,
      values: trained.values,
      ...(entities && { entities }),
    });
    const [model, ...others] = await score(entry, trained, setup, scoring);
    await keepPredictions(place.folder, [model, ...others], context);
    const further = others.map(({ record }) => record);
    if (!adapts(setup)) return [model.record, ...further];
    const parity = await embedTests(prepared, trained, model.predicted[0]!, place.folder, context);
    return [{ ...model.record, parity }, ...further];
  } finally {
    await setup.predictor.dispose();
  }
}

/** Whether what a task did has a part in its embedding. */
function adapts({ algorithm, model }: TrainingSetup): boolean {
  return algorithm.innerSteps > 0 || Object.keys(model.inputs.rows).length > 0;
}

async function embedTests(
  { setup, evaluated }: PreparedModel,
  { values }: TrainedModel,
  main: SetPredictions,
  folder: string,
  context: JobContext,
): Promise<Parity> {
  const { model, algorithm, executor, limits } = setup;
  const sizes = { maxSupport: limits.maxSupport, maxQuery: limits.maxQuery };
  const embedding = { model, algorithm, executor, encoded: evaluated, ...sizes };
  const { embeddings } = runFiles(folder);
  return keepEmbeddings(embeddings, embedding, values, main, await context.data());
}

/** A model with support sets of its own size is tested with them, in the cohorts of the others. */
async function scoringOf(
  entry: ModelEntry,
  seed: number,
  context: JobContext,
): Promise<RunEvaluation> {
  const shared = await evaluationContext(seed, context);
  if (entry.support === undefined) return shared;
  const seedData = await seedDataOf(entry, seed, context);
  const replay = planReplay(context.spec, seedData);
  return { ...shared, tests: seedData.tests, ...(replay && { replay }) };
}

function train(
  setup: TrainingSetup,
  job: Job,
  { resume, signal, onTraining }: JobContext,
  { folder, fingerprint }: Place,
): Promise<TrainedModel> {
  return trainModel(setup, {
    checkpoint: { path: runFiles(folder).checkpoint, fingerprint },
    resume,
    ...(job.until !== undefined && { until: job.until }),
    ...(signal && { signal }),
    ...(onTraining && {
      onProgress: (event) => {
        onTraining(job, event);
      },
    }),
  });
}

function reportsPrior({ reportPrior }: ModelEntry, { innerSteps }: Algorithm): boolean {
  return reportPrior ?? innerSteps > 0;
}

/** Scores the model, and without adaptation too when the spec asks for it. */
async function score(
  entry: ModelEntry,
  { values, progress }: TrainedModel,
  { predictor, algorithm, seed }: TrainingSetup,
  scoring: RunEvaluation,
): Promise<[EvaluatedRecord, ...EvaluatedRecord[]]> {
  const predict = ({ episodes, index }: TestSet): Promise<Predictions> =>
    predictor.predict(episodes, values, index);
  const { name } = entry;
  const { card, predicted } = await evaluateSets(scoring, predict);
  const shared = { ...trainingOf(progress), peakMemory: peakMemory() };
  const { replay, metrics } = scoring;
  const fresh = replay && (await evaluateFreshness(replay, metrics, predict));
  const freshness = fresh && { freshness: fresh.card };
  const record = { name, kind: 'model', seed, ...card, ...freshness, ...shared } as const;
  const evaluated = { record, predicted, ...(fresh && { replay: fresh.replay }) };
  if (!reportsPrior(entry, algorithm)) return [evaluated];
  const prior = await evaluatePrior(scoring, predict);
  const named = { name: `${name}, prior embedding`, kind: 'prior', seed, seconds: 0 } as const;
  return [evaluated, { record: { ...named, ...prior.card }, predicted: prior.predicted }];
}

/** Identity of all that decides the trained values. */
async function trainingFingerprint(
  entry: ModelEntry,
  algorithm: Algorithm,
  seed: number,
  { spec: { split, encoders, entity }, data }: JobContext,
): Promise<string> {
  const { fingerprint } = await data();
  // Functions are not counted; that there are some is.
  const hooks = Object.keys(algorithm.hooks ?? {});
  const trained = { ...entry, reportPrior: undefined, algorithm: { ...algorithm, hooks } };
  return fingerprintOf({ trained, seed, split, encoders, entity, data: fingerprint });
}
