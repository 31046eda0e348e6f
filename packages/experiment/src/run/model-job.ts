import { describeAlgorithm, type Algorithm, type ParameterValues } from '@limaml/core';
import { fingerprintOf, type Episode } from '@limaml/data';
import type { Predictor } from '../evaluation/predictor.js';
import { scorePredictions, type ScoreCard } from '../evaluation/score-card.js';
import type { ModelEntry } from '../spec/schema.js';
import { algorithmOf } from '../training/algorithm.js';
import { trainModel } from '../training/train-model.js';
import type { TrainedModel, TrainingSetup } from '../training/training-setup.js';
import type { Job, JobContext } from './job.js';
import { prepareJoint } from './prepare-joint.js';
import { prepareModel } from './prepare-model.js';
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
  const { metrics, cohorts } = context.spec;
  const prior = reportsPrior(entry, algorithm);
  const scored = fingerprintOf({ fingerprint, metrics, cohorts, prior });
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
  const prepare = entry.entities === undefined ? prepareModel : prepareJoint;
  const { setup, encoders, entities, test } = await prepare(entry, job, context);
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
    return await score(entry, trained, setup, test, context);
  } finally {
    await setup.predictor.dispose();
  }
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
  { predictor, algorithm }: TrainingSetup,
  test: readonly Episode[],
  context: JobContext,
): Promise<RunRecord[]> {
  const card = await scoreEpisodes(predictor, values, test, test, context);
  const { bestEpoch, history, seconds, timings } = progress;
  const shared = { training: { bestEpoch, history }, seconds };
  const records: RunRecord[] = [{ name: entry.name, kind: 'model', ...card, ...shared, timings }];
  if (reportsPrior(entry, algorithm)) {
    const empty = test.map((episode) => ({ ...episode, supportStart: episode.supportEnd }));
    const prior = await scoreEpisodes(predictor, values, empty, test, context);
    records.push({ name: `${entry.name}, prior embedding`, kind: 'prior', ...prior, seconds: 0 });
  }
  return records;
}

/** @param cohortsOf episodes whose support sizes say which cohort a task is in */
async function scoreEpisodes(
  predictor: Predictor,
  values: ParameterValues,
  episodes: readonly Episode[],
  cohortsOf: readonly Episode[],
  { metrics, spec }: JobContext,
): Promise<ScoreCard & { seed: number }> {
  const predictions = await predictor.predict(episodes, values);
  return {
    seed: predictions.seed,
    ...scorePredictions(predictions, cohortsOf, metrics, spec),
  };
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
