export type { ConformanceCheck } from './conformance-check.js';
export type { ConformanceReport } from './conformance.js';
export { testEntityPlugin } from './entity.js';
export type { EntitySuiteOptions, InteractionSample } from './entity.js';
export { testExecutor } from './executor.js';
export { testMetricPlugin } from './metric.js';
export { testStore } from './store.js';
export type { OpenStore } from './store-fixture.js';
