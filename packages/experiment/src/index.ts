export { defineExperiment, selectVariant } from './spec/define-experiment.js';
export { experimentJsonSchema, sweepJsonSchema } from './spec/json-schema.js';
export type {
  AlgorithmSpec,
  CohortSpec,
  BaselineName,
  ExperimentOptions,
  ExperimentSpec,
  FreshnessSpec,
  ModelEntry,
  RefreshPolicy,
  SpecVariant,
  SplitSpec,
  TrainingSpec,
} from './spec/schema.js';
export { ablationSection } from './ablation/ablation-section.js';
export { defineAblation } from './ablation/define-ablation.js';
export type { AblationOptions } from './ablation/define-ablation.js';
export { ablationFactors } from './ablation/factors.js';
export { runExperiment } from './run/run-experiment.js';
export type { ExperimentEvent, RunExperimentOptions } from './run/run-experiment.js';
export type { QueueEvent } from './run/job-queue.js';
export type { Job } from './run/job.js';
export { serveExperimentWorker } from './run/worker.js';
export { describeMalformed, loadExperimentData } from './run/experiment-data.js';
export type { DataOptions, DataSummary, ExperimentData } from './run/experiment-data.js';
export { readRecordedSpec } from './run/recorded-spec.js';
export { openRun } from './run/run-folder.js';
export type { OpenedJoint, OpenedRun, RunDescription } from './run/run-folder.js';
export { runFolder } from './run/run-record.js';
export type { RunRecord } from './run/run-record.js';
export type {
  CohortResults,
  Difference,
  ExperimentResults,
  ModelResults,
  TestResults,
} from './run/results.js';
export type { MetricIntervals } from './evaluation/metric-intervals.js';
export { freshnessSection } from './freshness/freshness-section.js';
export type {
  FreshnessCurve,
  FreshnessDifference,
  FreshnessPartResults,
  FreshnessPoint,
  FreshnessResults,
  ReplayDay,
} from './freshness/freshness-results.js';
export type { FreshnessCard, FreshnessPart, PolicyCard } from './freshness/freshness-record.js';
export { onlineSection } from './freshness/online-section.js';
export type { OnlineResults, RankingName, RankingResults } from './freshness/ranking-results.js';
export { readResults } from './report/read-results.js';
export { compareResults } from './report/compare/compare-results.js';
export type { NamedResults } from './report/compare/compare-results.js';
export { openReportContext } from './report/context.js';
export type { KnownMetric } from './report/context.js';
export { renderMarkdown } from './report/render-markdown.js';
export { renderText } from './report/render-text.js';
export { createReport, reportAsMarkdown, reportAsText } from './report/report.js';
export { reportSections } from './report/sections/index.js';
export { reportAsHtml, writeReport } from './report/write-report.js';
export type { ReportFiles, WriteReportOptions } from './report/write-report.js';
export type { Report, ReportedSection } from './report/report.js';
export { trainModel } from './training/train-model.js';
export type {
  TrainedModel,
  TrainingEvent,
  TrainingOptions,
  TrainingSetup,
} from './training/training-setup.js';
export type { TrainingProgress } from './training/checkpoint.js';
export { createPredictor } from './evaluation/predictor.js';
export type { Predictor, PredictorSetup } from './evaluation/predictor.js';
export type { CohortCard, MetricValues } from './evaluation/score-card.js';
export { predictionsOf, readPredictions } from './evaluation/predictions-file.js';
export { bootstrapDifference, holm, resampleMetrics } from './evaluation/bootstrap.js';
export type { BootstrapDifference, BootstrapOptions } from './evaluation/bootstrap.js';
export type { Significance } from './run/significance.js';
export type { PredictedRow } from './evaluation/predictions-file.js';
export { meanInterval } from './evaluation/interval.js';
export type { MeanInterval } from './evaluation/interval.js';
export { algorithmPlugins } from './algorithm-plugins.js';
export {
  auc,
  ece,
  gauc,
  hitRate,
  logLoss,
  mae,
  metricNamed,
  metricPlugins,
  mrr,
  ndcg,
  normalisedEntropy,
  precision,
  recall,
  reliabilityCurve,
  rmse,
} from './metrics/index.js';
export type {
  AtKOptions,
  CalibrationOptions,
  NdcgOptions,
  ReliabilityBin,
} from './metrics/index.js';
export { globalMean, itemRate } from './baselines/item-rate.js';
export type { ItemRateOptions } from './baselines/item-rate.js';
export { itemUserBias } from './baselines/item-user-bias.js';
export type { ItemUserBiasOptions } from './baselines/item-user-bias.js';
export { logisticFactorisation } from './baselines/matrix-factorisation.js';
export type { FactorisationOptions, FactorisationPoint } from './baselines/matrix-factorisation.js';
export { predictEpisodes } from './baselines/baseline.js';
export type {
  Baseline,
  BaselineInput,
  FittedBaseline,
  ObservedRows,
} from './baselines/baseline.js';
export { defineSweep } from './sweep/define-sweep.js';
export { choice, logUniform, uniform, whole } from './sweep/distributions.js';
export type { Distribution, DrawnValue } from './sweep/distributions.js';
export { runSweep } from './sweep/run-sweep.js';
export type { RunSweepOptions, SweepEvent } from './sweep/run-sweep.js';
export type { SweepOptions, SweepSpec } from './sweep/schema.js';
export type { SearchEvent } from './sweep/search.js';
export { sweepReport } from './sweep/sweep-results.js';
export type { SweepResults, TrialResult } from './sweep/sweep-results.js';
export type { TrainedTrial } from './sweep/trial-log.js';
