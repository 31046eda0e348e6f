import type { Episode } from '@limaml/data';
import type { MetricPlugin, Predictions } from '@limaml/plugin';
import type { ExperimentData } from '../run/experiment-data.js';
import type { ExperimentSpec } from '../spec/schema.js';
import type { SeedData, TestSet } from '../split/seed-data.js';
import { createCohorts } from './cohorts.js';
import { evaluateAll, scorePredictions, type MetricValues, type ScoreCard } from './score-card.js';

/** Results on a test set beside the main one. */
export interface TestCard {
  readonly name: string;
  /** What training saw of it, see `TestSet`. */
  readonly trained?: 'entities' | 'rows';
  readonly tasks: number;
  readonly rows: number;
  readonly metrics: MetricValues;
}

/** The predictions of a test set. */
export interface SetPredictions {
  readonly set: TestSet;
  readonly predictions: Predictions;
}

/** How good a model or baseline is on all test sets of a seed, and what it predicted. */
export interface Evaluation {
  /** The main test set, and beside it the others. */
  readonly card: ScoreCard & { readonly tests?: readonly TestCard[] };
  readonly predicted: readonly SetPredictions[];
}

/** What evaluations of one seed share. */
export interface EvaluationContext {
  readonly spec: ExperimentSpec;
  readonly data: ExperimentData;
  readonly seedData: SeedData;
  readonly metrics: readonly MetricPlugin[];
}

/** Evaluates all test sets of a seed. */
export async function evaluateSets(
  context: EvaluationContext,
  predict: (set: TestSet) => Promise<Predictions>,
): Promise<Evaluation> {
  const predicted: SetPredictions[] = [];
  for (const set of context.seedData.tests) {
    predicted.push({ set, predictions: await predict(set) });
  }
  const [main, ...others] = predicted;
  const tests = others.map((other) => testCard(other, context.metrics));
  const card = { ...scoreMain(context, main!), ...(tests.length > 0 && { tests }) };
  return { card, predicted };
}

/** Evaluates the main test set without support: with prior embeddings, in the cohorts of the support sets. */
export async function evaluatePrior(
  context: EvaluationContext,
  predict: (set: TestSet) => Promise<Predictions>,
): Promise<Evaluation> {
  const [set] = context.seedData.tests;
  const predictions = await predict({ ...set, episodes: set.episodes.map(withoutSupport) });
  return { card: scoreMain(context, { set, predictions }), predicted: [{ set, predictions }] };
}

function withoutSupport(episode: Episode): Episode {
  return { ...episode, supportStart: episode.supportEnd };
}

function scoreMain(
  { spec, data, seedData, metrics }: EvaluationContext,
  { set, predictions }: SetPredictions,
): ScoreCard {
  return scorePredictions(predictions, createCohorts(spec, data, seedData, set), metrics);
}

function testCard(
  { set: { name, trained }, predictions }: SetPredictions,
  metrics: readonly MetricPlugin[],
): TestCard {
  return {
    name,
    ...(trained && { trained }),
    tasks: predictions.tasks,
    rows: predictions.label.length,
    metrics: evaluateAll(metrics, predictions),
  };
}
