import { describeAlgorithm, type Algorithm } from '@limaml/core';
import { fingerprintOf } from '@limaml/data';
import type { Predictions } from '@limaml/plugin';
import { evaluatePrior, evaluateSets, type SetPredictions } from '../evaluation/evaluate-sets.js';
import type { Parity } from '../evaluation/parity.js';
import { evaluateFreshness } from '../freshness/evaluate-freshness.js';
import type { ModelEntry } from '../spec/schema.js';
import { algorithmOf } from '../training/algorithm.js';
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
  const { metrics, cohorts, freshness } = context.spec;
  const prior = reportsPrior(entry, algorithm);
  const scored = fingerprintOf({ fingerprint, metrics, cohorts, prior, freshness });
  const finished = context.resume ? await readRecords(folder, scored) : undefined;
  if (finished !== undefined) return finished;
  const records = await trainAndScore(entry, job, context, { folder, fingerprint });
  await writeRecords(folder, scored, records);
  return records;
}

async function trainAndScore(
  entry: ModelEntry,
  job: Job,
  context: JobContext,
  place: { folder: string; fingerprint: string },
): Promise<RunRecord[]> {
  const scoring = await scoringOf(entry, job.seed, context);
  const prepare = entry.entities === undefined ? prepareModel : prepareJoint;
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
  const { tests } = await seedDataOf(entry, seed, context);
  return { ...shared, tests };
}

function train(
  setup: TrainingSetup,
  job: Job,
  { resume, signal, onTraining }: JobContext,
  { folder, fingerprint }: { folder: string; fingerprint: string },
): Promise<TrainedModel> {
  return trainModel(setup, {
    checkpoint: { path: runFiles(folder).checkpoint, fingerprint },
    resume,
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
  const { bestEpoch, history, seconds, timings } = progress;
  const predict = ({ episodes, index }: TestSet): Promise<Predictions> =>
    predictor.predict(episodes, values, index);
  const { name } = entry;
  const { card, predicted } = await evaluateSets(scoring, predict);
  const shared = { training: { bestEpoch, history }, seconds, peakMemory: peakMemory() };
  const { replay, metrics } = scoring;
  const fresh = replay && (await evaluateFreshness(replay, metrics, predict));
  const freshness = fresh && { freshness: fresh.card };
  const record = { name, kind: 'model', seed, ...card, ...freshness, ...shared, timings } as const;
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
