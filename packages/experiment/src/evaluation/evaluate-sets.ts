import type { Episode } from '@limaml/data';
import type { MetricPlugin, Predictions } from '@limaml/plugin';
import type { SeedData, TestSet } from '../split/seed-data.js';
import type { Cohort } from './cohorts.js';
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
  readonly tests: SeedData['tests'];
  /** Of the main test set. */
  readonly cohorts: readonly Cohort[];
  readonly metrics: readonly MetricPlugin[];
}

/** Evaluates all test sets of a seed. */
export async function evaluateSets(
  context: EvaluationContext,
  predict: (set: TestSet) => Promise<Predictions>,
): Promise<Evaluation> {
  const predicted: SetPredictions[] = [];
  for (const set of context.tests) {
    predicted.push({ set, predictions: await predict(set) });
  }
  const [main, ...others] = predicted;
  const tests = others.map((other) => testCard(other, context.metrics));
  const card = { ...scoreMain(context, main!.predictions), ...(tests.length > 0 && { tests }) };
  return { card, predicted };
}

/** Evaluates the main test set without support: with prior embeddings, in the cohorts of the support sets. */
export async function evaluatePrior(
  context: EvaluationContext,
  predict: (set: TestSet) => Promise<Predictions>,
): Promise<Evaluation> {
  const [set] = context.tests;
  const predictions = await predict({ ...set, episodes: set.episodes.map(withoutSupport) });
  return { card: scoreMain(context, predictions), predicted: [{ set, predictions }] };
}

function withoutSupport(episode: Episode): Episode {
  return { ...episode, supportStart: episode.supportEnd };
}

function scoreMain({ cohorts, metrics }: EvaluationContext, predictions: Predictions): ScoreCard {
  return scorePredictions(predictions, cohorts, metrics);
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
