export { PLUGIN_BRAND, isPlugin } from './brand.js';
export * from './contracts/index.js';
export {
  defineDataset,
  defineEntity,
  defineExecutor,
  defineMetric,
  defineModel,
  definePlugin,
  defineStore,
} from './define.js';
export type { Defined, Definition, NoExtra } from './define.js';
export { createRegistry } from './registry.js';
export type { Registry } from './registry.js';
