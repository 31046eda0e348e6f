export { PLUGIN_BRAND, isPlugin } from './brand.js';
export { findBlockProblem } from './check-blocks.js';
export {
  attribute,
  attributeFeature,
  compositeEntity,
  contextAttribute,
} from './composite-entity.js';
export type { CompositeEntityOptions, CompositePart } from './composite-entity.js';
export * from './contracts/index.js';
export {
  defineAlgorithm,
  defineDataset,
  defineEntity,
  defineExecutor,
  defineMetric,
  defineModel,
  definePlugin,
  defineReportSection,
  defineStore,
} from './define.js';
export type { Defined, Definition, NoExtra } from './define.js';
export { createRegistry } from './registry.js';
export type { PluginOrigin, Registry, RegistryOptions } from './registry.js';
