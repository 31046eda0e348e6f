export type { AdaptRequest } from './adapt-entity.js';
export type { BundleSource, JointSource } from './bundle-source.js';
export { readManifest } from './bundle-folder.js';
export type { CandidateTable } from './candidate-table.js';
export { collectCandidates } from './collect-candidates.js';
export type { Candidate } from './collect-candidates.js';
export { exportBundle } from './export-bundle.js';
export type { ExportOptions } from './export-bundle.js';
export type { DeadLetter } from './dead-letters.js';
export type { Drift } from './embedding-drift.js';
export { generateEmbeddings, rehearseGeneration } from './generate-embeddings.js';
export type { GenerateOptions } from './generate-embeddings.js';
export type { GenerationFigures, GenerationReport } from './generation-report.js';
export type { PublishGate } from './publish-gate.js';
export type { QuantisationCheck } from './quantisation-loss.js';
export { inspectBundle } from './inspect-bundle.js';
export type { BundleInspection, ModelInspection } from './inspect-bundle.js';
export type { LogInParts, WholeLog } from './log-blocks.js';
export { readHistory } from './log-records.js';
export type { EntityHistory } from './log-records.js';
export { BUNDLE_FORMAT } from './manifest.js';
export type { BundleFile, BundleManifest, QuantisationLoss } from './manifest.js';
export { openBundle } from './open-bundle.js';
export type { Bundle, ModelRuntime } from './open-bundle.js';
export type { CandidateInput, SupportEvent } from './support-event.js';
export { createScorer } from './scorer.js';
export type { Scorer, ScorerOptions } from './scorer.js';
export type { BatchReport } from './score-batch.js';
export type { ScoreRequest, Scores } from './score-request.js';
export { startRefresher } from './nearline/refresher.js';
export type {
  Acceptance,
  Refresher,
  RefresherOptions,
  RefreshReport,
} from './nearline/refresher.js';
export { createRefreshTarget } from './nearline/refresh-target.js';
export type { RefreshRequest, RefreshTarget } from './nearline/refresh-target.js';
export { seedWindows } from './nearline/seed-windows.js';
export type { SeedOptions } from './nearline/seed-windows.js';
