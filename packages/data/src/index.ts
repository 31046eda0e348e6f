export { buildTasks, rowsOfTasks, splitTasks, withIdleEntities } from './tasks.js';
export type { SplitOptions, TaskIndex, TaskSplit } from './tasks.js';
export { keepRows, shuffleRows } from './task-rows.js';
export { withCompositeTable } from './composite-table.js';
export {
  cutTasks,
  firstAtOrAfter,
  halfCut,
  latestSupport,
  randomCut,
  timeCut,
} from './episodes.js';
export type {
  CutOptions,
  Episode,
  EpisodeLimits,
  RandomCutOptions,
  TaskPosition,
} from './episodes.js';
export { fitEncoders } from './encoders/fit.js';
export type { FitOptions } from './encoders/fit.js';
export type { FactorOptions } from './encoders/candidate-factors.js';
export { momentsUntil } from './encoders/encode-candidates.js';
export { loadEncoders } from './encoders/encoders.js';
export type { Encoders } from './encoders/encoders.js';
export type { EncodedRecord, FeatureRecord, RowWriter } from './encoders/record-writer.js';
export type { EncodedColumn, EncodedLog, EncodeOptions } from './encoders/encoded-log.js';
export type { EncodersState } from './encoders/state.js';
export { fingerprintOf } from './fingerprint.js';
export { createRandom, shuffle } from './random.js';
export type { Random } from './random.js';
export { createBatchAssembler } from './batch.js';
export type { Batch, BatchAssembler, BatchOptions } from './batch.js';
export { mapAhead } from './map-ahead.js';
export { readAhead } from './read-ahead.js';
export { jobViewsDataset } from './job-views/dataset.js';
export type { JobViewsOptions } from './job-views/dataset.js';
export { movieLensDataset } from './movielens/dataset.js';
export type { MovieLensEntity, MovieLensOptions } from './movielens/dataset.js';
export type { MalformedLimits } from './malformed.js';
export { PUBLIC_DATASETS, publicDataset } from './public/public-datasets.js';
export type { Checksums, PublicDataset, PublicFile } from './public/public-datasets.js';
export { downloadDataset } from './public/download-dataset.js';
export type { Download, DownloadOptions } from './public/download-dataset.js';
export { tableRecord } from './columns.js';
export type { RawValue } from './columns.js';
export { simulatorDataset } from './simulator/dataset.js';
export type { SimulatorDatasetOptions } from './simulator/dataset.js';
export type { SimulatorOptions } from './simulator/options.js';
export { marketplaceSpec, writeMarketplace } from './simulator/write.js';
export type { WriteMarketplaceOptions } from './simulator/write.js';
export { tableDataset } from './table/dataset.js';
export { parseTableSpec } from './table/spec.js';
export type { TableEntity, TableFile, TableSpec } from './table/spec.js';
