export type * from './dataset.js';
export type * from './entity.js';
export type * from './executor.js';
export type * from './log.js';
export type * from './metric.js';
export * from './model.js';
export type * from './store.js';
export { PLUGIN_API } from './plugin.js';
export type {
  Plugin,
  PluginBase,
  PluginKind,
  PluginKinds,
  PluginName,
  PluginOf,
  PluginReference,
} from './plugin.js';
