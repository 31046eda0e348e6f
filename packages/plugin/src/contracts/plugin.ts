import type { DatasetPlugin } from './dataset.js';
import type { EntityPlugin, EntityTypes } from './entity.js';
import type { ExecutorPlugin } from './executor.js';
import type { MetricPlugin } from './metric.js';
import type { ModelPlugin } from './model.js';
import type { StorePlugin } from './store.js';

/** Version of the plugin contracts. A plugin states the one it was written for; `define*` fills it in. */
export const PLUGIN_API = 1;

/** What every plugin has, whatever its kind. */
export interface PluginBase<Kind extends string> {
  readonly kind: Kind;
  /** Unique among plugins of its kind. */
  readonly name: string;
  /** Contract version, see {@link PLUGIN_API}. */
  readonly api: number;
  /** Plugins that must be registered before this one. */
  readonly requires?: readonly PluginReference[];
  /** Releases what the plugin holds; called once by the registry's `dispose`. */
  dispose?(): Promise<void> | void;
}

/** Names a plugin. */
export interface PluginReference {
  readonly kind: PluginKind;
  readonly name: string;
}

/** Plugin types by kind. Open: a package adds a kind by declaration merging. */
export interface PluginKinds {
  entity: EntityPlugin;
  dataset: DatasetPlugin;
  model: ModelPlugin;
  store: StorePlugin;
  metric: MetricPlugin;
  executor: ExecutorPlugin;
}

export type PluginKind = keyof PluginKinds;

/**
 * Names the type checker offers for a kind. For entities these are the keys of {@link EntityTypes}; any
 * other string is allowed too, because plugins may come from configuration.
 */
export type PluginName<K extends PluginKind> = K extends 'entity' ? EntityName : string;

// `string & {}` keeps the known names as suggestions. The map is empty until a package merges into it.
// eslint-disable-next-line @typescript-eslint/no-redundant-type-constituents
type EntityName = keyof EntityTypes | (string & {});

/** Type of the plugin of a kind and name: the one stated in {@link EntityTypes}, else the kind's contract. */
export type PluginOf<K extends PluginKind, N extends string> = K extends 'entity'
  ? N extends keyof EntityTypes
    ? EntityTypes[N]
    : EntityPlugin
  : PluginKinds[K];

/** Any plugin. */
export type Plugin = PluginKinds[PluginKind];
