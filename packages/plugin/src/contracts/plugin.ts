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

/**
 * Plugin types by kind. Empty here: each contract adds its own by declaration merging, and so may any
 * other package.
 */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- filled by declaration merging
export interface PluginKinds {}

/** Name of a kind of plugin. */
export type PluginKind = keyof PluginKinds;

/** Any plugin. */
export type Plugin = PluginKinds[PluginKind];
