import type {
  ReportContext,
  ReportEmbeddings,
  ReportModel,
  ReportPrediction,
} from '../contracts/index.js';
import { SAMPLE_RESULTS } from './report-results.js';

const [TASKS, ROWS, DIM] = [24, 10, 4];
const [START, HOUR] = [Date.UTC(2026, 0, 1), 3_600_000];

/** A context in which nothing was kept and no metric is known. */
export const EMPTY_CONTEXT: ReportContext = {
  metrics: [],
  predictions: () => Promise.resolve(undefined),
  embeddings: () => Promise.resolve(undefined),
};

/**
 * What belongs to {@link SAMPLE_RESULTS}: their metrics, invented predictions of all models, and invented meta
 * embeddings of those that adapt.
 */
export const SAMPLE_CONTEXT: ReportContext = {
  metrics: [
    { name: 'auc', better: 'higher', description: 'area under the ROC curve' },
    { name: 'logLoss', better: 'lower', description: 'mean log-loss' },
  ],
  predictions: (name) => Promise.resolve(predictionsOf(find(name))),
  embeddings: (name) => Promise.resolve(embeddingsOf(find(name))),
};

function find(wanted: string): ReportModel | undefined {
  return SAMPLE_RESULTS.models.find(({ name }) => name === wanted);
}

/** Better models follow the label more closely; waves stand in for chance. */
function predictionsOf(model: ReportModel | undefined): readonly ReportPrediction[] | undefined {
  if (model === undefined) return undefined;
  const strength = 4 * ((model.metrics.auc?.mean ?? 0.5) - 0.5);
  return Array.from({ length: TASKS * ROWS }, (_, row) => {
    const episode = Math.floor(row / ROWS);
    const label = Math.sin(3.7 * row) > 0.2 ? 1 : 0;
    return {
      ...{ set: 'test', episode, task: `course-${episode}`, row, label },
      ...{ timestamp: START + row * HOUR, support: 2 * episode },
      score: strength * (label - 0.5) + Math.sin(1.3 * row),
    };
  });
}

function embeddingsOf(model: ReportModel | undefined): ReportEmbeddings | undefined {
  if (model?.kind !== 'model') return undefined;
  const tasks = Array.from({ length: TASKS }, (_, task) => task);
  return {
    task: tasks.map((task) => `course-${task}`),
    vectors: tasks.map((task) => Array.from({ length: DIM }, (_, at) => Math.sin(task * (at + 1)))),
    features: {
      level: tasks.map((task) => ['beginner', 'advanced', null][task % 3]!),
      hours: tasks.map((task) => task / 2),
    },
  };
}
