import { didYouMean, isLimamlError, LimamlError } from '@limaml/errors';
import { z } from 'zod';

export function specInvalid(field: string, problem: string, fix?: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_EXPERIMENT_SPEC_INVALID',
    what: `The experiment spec is wrong: ${problem}`,
    where: { field },
    ...(fix === undefined ? {} : { fix }),
  });
}

export function specKeyUnknown(field: string, known: readonly string[]): LimamlError {
  const key = field.split('.').at(-1)!;
  return new LimamlError({
    code: 'LIMAML_ERR_EXPERIMENT_SPEC_KEY_UNKNOWN',
    what: `The experiment spec has an unknown key "${key}"`,
    where: { field },
    expected: `one of ${known.join(', ')}`,
    fix: didYouMean(key, known) || 'Remove the key',
  });
}

export function variantUnknown(
  name: string,
  experiment: string,
  known: readonly string[],
): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_EXPERIMENT_VARIANT_UNKNOWN',
    what: `The experiment has no variant "${name}"`,
    where: { experiment },
    expected: known.length === 0 ? 'a spec with variants' : `one of ${known.join(', ')}`,
    fix: didYouMean(name, known) || 'Correct the name, or add it to "variants" of the spec',
  });
}

export function ablationNameUnknown(
  role: string,
  name: string,
  known: readonly string[],
): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_EXPERIMENT_ABLATION_UNKNOWN',
    what: `There is no ${role} "${name}" to ablate`,
    expected: known.length === 0 ? 'a spec with models' : `one of ${known.join(', ')}`,
    fix: didYouMean(name, known) || 'Correct the name',
  });
}

export function ablationImpossible(
  model: string,
  factor: string,
  level: string,
  problem: string,
  cause: unknown,
): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_EXPERIMENT_ABLATION_IMPOSSIBLE',
    what: `The model cannot be ablated so: ${problem}`,
    where: { model, factor, level },
    fix: 'Leave this out, or choose another model or other levels',
    cause,
  });
}

export function sweepForeign(path: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_EXPERIMENT_SWEEP_FOREIGN',
    what: 'The trials in this folder belong to another sweep',
    where: { path },
    expected: 'the very sweep that they were drawn for',
    fix: "Name another folder, or start again with existing: 'overwrite' (--overwrite)",
  });
}

export function dataForeign(dataset: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_EXPERIMENT_SWEEP_FOREIGN',
    what: 'The trials in this folder were trained on other data',
    where: { dataset },
    expected: 'the data of the first trial',
    fix: 'Use those data again, or name another folder',
  });
}

export function sweepFruitless(trials: number): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_EXPERIMENT_SWEEP_FRUITLESS',
    what: `Not one of the trials came to a value of the monitored metric (${trials} were trained)`,
    expected: 'a trial that does not diverge, and validation tasks on which the metric exists',
    fix: 'Look at the failures in trials.jsonl; lower the rates of the space, or use more validation tasks',
  });
}

export function metricUnknown(name: string, known: readonly string[]): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_EXPERIMENT_METRIC_UNKNOWN',
    what: `There is no metric "${name}"`,
    expected: `one of ${known.join(', ')}; the number after @ is the number of ranks`,
    fix: didYouMean(name, known) || 'Correct the name, or register a plugin made with defineMetric',
  });
}

export function noEpisodes(part: string, dataset: string, seed: number): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_EXPERIMENT_NO_EPISODES',
    what: `There is not one ${part} episode`,
    where: { dataset, seed },
    expected: 'tasks with interactions before and after the cut',
    fix: 'Check the cut and the shares of the split, or use more data',
  });
}

export function trainingDiverged(
  model: string,
  seed: number,
  epoch: number,
  step: number,
  cause: unknown,
): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_EXPERIMENT_TRAINING_DIVERGED',
    what: 'The loss or a gradient is not a number any more',
    where: { model, seed, epoch, step },
    fix: 'Lower training.optimiser.learningRate or the inner rate, or set training.clipNorm; the last checkpoint is intact',
    cause,
  });
}

export function trainingInterrupted(model: string, seed: number, checkpoint?: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_EXPERIMENT_INTERRUPTED',
    what: 'The run was stopped before its end',
    where: { model, seed, checkpoint },
    fix:
      checkpoint === undefined
        ? 'Run it again with resume (--resume): what is finished is kept'
        : 'Run it again with resume (--resume): it goes on where it stopped, with the same numbers',
  });
}

export function predictionNonFinite(model: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_EXPERIMENT_PREDICTION_NON_FINITE',
    what: 'A prediction is not a finite number',
    where: { model },
    expected: 'finite logits',
    fix: 'Lower the learning rates, or check the features for extreme values',
  });
}

export function checkpointCorrupt(path: string, cause: unknown): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_EXPERIMENT_CHECKPOINT_CORRUPT',
    what: `The file is truncated or damaged: ${reason(cause)}`,
    where: { path },
    expected: 'a file as this package writes it',
    fix: 'Delete it and run again; that model and seed then start anew',
    cause,
  });
}

export function checkpointForeign(path: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_EXPERIMENT_CHECKPOINT_FOREIGN',
    what: 'The checkpoint belongs to another spec, data set or seed',
    where: { path },
    expected: 'the model, algorithm, training, split and data that it was written with',
    fix: 'Run without resume, or into another folder',
  });
}

export function fileUnwritable(path: string, cause: unknown): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_EXPERIMENT_FILE_UNWRITABLE',
    what: `The file cannot be written: ${reason(cause)}`,
    where: { path },
    fix: 'Free some space or choose another folder; what was in this place before is intact',
    cause,
  });
}

export function fileUnreadable(path: string, cause: unknown): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_EXPERIMENT_FILE_UNREADABLE',
    what: `The file cannot be read: ${reason(cause)}`,
    where: { path },
    expected: 'a file that this process may read',
    fix: 'Check what is in this place and its permissions',
    cause,
  });
}

export function valuesForeign(path: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_EXPERIMENT_VALUES_FOREIGN',
    what: 'The trained values belong to another run than the description beside them',
    where: { path },
    expected: 'the model.safetensors that was written with this run.json',
    fix: 'Copy the whole run folder again, or run the experiment again with resume',
  });
}

export function recordCorrupt(path: string, cause: unknown): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_EXPERIMENT_RECORD_CORRUPT',
    what: `The file is not what this package wrote: ${reason(cause)}`,
    where: { path },
    fix: 'Delete the run folder it is in and run the experiment again with resume',
    cause,
  });
}

export function outExists(path: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_EXPERIMENT_OUT_EXISTS',
    what: 'There are runs in this folder already',
    where: { path },
    expected: 'a folder without runs, or to be told what to do with them',
    fix: "Name another folder, go on with existing: 'resume' (--resume), or replace them with existing: 'overwrite'",
  });
}

export function runMissing(path: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_EXPERIMENT_RUN_MISSING',
    what: 'There is no finished run',
    where: { path },
    expected: 'a folder <out>/runs/<model>/seed-<n> of an experiment that ended',
    fix: 'Check the path, or run the experiment with resume to its end',
  });
}

export function truthUnknown(): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_EXPERIMENT_TRUTH_UNKNOWN',
    what: 'The baseline "truth" needs the true probability of each label, which these data do not have',
    expected: 'simulated data, such as the marketplace',
    fix: 'Leave "truth" out of the baselines',
  });
}

export function jointUnsupported(model: string, entities: readonly string[]): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_EXPERIMENT_JOINT_UNSUPPORTED',
    what: `The model plugin "${model}" makes no models of several entity types`,
    where: { entities: entities.join(', ') },
    expected: 'a plugin with createJoint, such as limamlModel() of @limaml/models',
    fix: 'Choose such a model, or leave "entities" out of its entry',
  });
}

export function executorMissing(): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_EXPERIMENT_EXECUTOR_MISSING',
    what: 'No executor is registered, but the spec has models to train',
    expected: 'a registry with an executor plugin',
    fix: "Register one, e.g. defineExecutor({ name: 'ort', create: createOrtExecutor })",
  });
}

export function workersUnavailable(jobs: number): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_EXPERIMENT_WORKERS_UNAVAILABLE',
    what: `There is no way to start worker processes for ${jobs} parallel jobs`,
    expected: 'options.spawnWorker',
    fix: 'Pass spawnWorker (a function that forks a process which calls serveExperimentWorker), or use jobs: 1',
  });
}

export function workersUnsupported(executor: string, workers: number): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_EXPERIMENT_WORKERS_UNSUPPORTED',
    what: `The executor "${executor}" has no ${workers} worker threads to train in`,
    where: { executor },
    expected: 'an executor whose `workers` is what its plugin was asked for',
    fix: 'Train with 1 worker, or with an executor that has worker threads, such as the one of @limaml/backend-ort',
  });
}

export function workerDied(job: string, exit: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_EXPERIMENT_WORKER_DIED',
    what: `A worker process ended before its job (${exit})`,
    where: { job },
    fix: 'Look at its output above; with too little memory use fewer jobs. Run again with resume to keep what is finished',
  });
}

export function sectionInvalid(section: string, problem: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_EXPERIMENT_SECTION_INVALID',
    what: `The report section "${section}" rendered what cannot be shown: ${problem}`,
    where: { section },
    expected: 'a list of text, table and chart blocks, or undefined',
    fix: 'Run testReportSection of @limaml/plugin/testing on the section',
  });
}

export function reportFailed(
  failures: readonly { readonly name: string; readonly error: unknown }[],
): LimamlError {
  const sections = failures.map(({ name, error }) => `"${name}": ${reason(error)}`).join('; ');
  return new LimamlError({
    code: 'LIMAML_ERR_EXPERIMENT_REPORT_FAILED',
    what: `The report lacks sections that failed: ${sections}`,
    expected: 'sections that render; the others, and the results, are complete',
    fix: 'Correct the section or take its plugin out; "limaml report" makes the report again from results.json',
    cause: new AggregateError(failures.map(({ error }) => error)),
  });
}

export function resultsMissing(path: string): LimamlError {
  return new LimamlError({
    code: 'LIMAML_ERR_EXPERIMENT_RESULTS_MISSING',
    what: 'There is no results.json in this folder',
    where: { path },
    expected: 'the output folder of an experiment that ended',
    fix: 'Check the path, or run the experiment with resume to its end',
  });
}

/** What went wrong underneath, on one line and without that error's own advice. */
function reason(cause: unknown): string {
  if (isLimamlError(cause)) return cause.what;
  if (cause instanceof z.ZodError) return z.prettifyError(cause).replaceAll(/\s*\n\s*/g, ' ');
  return cause instanceof Error ? cause.message : String(cause);
}
