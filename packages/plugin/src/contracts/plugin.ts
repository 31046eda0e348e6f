/**
 * Version of the plugin contracts. A plugin states the one it was written for, `define*` fills it in, and a
 * registry refuses any other.
 *
 * It goes up by one when a plugin that conforms stops conforming: a member or a member of what a hook is given
 * is removed or renamed, changes its type or its meaning, or a plugin must have one more. It stays when a
 * plugin that conforms goes on doing so: another optional member, one more member of what a hook is given, one
 * more kind of plugin, one more kind of report block, a stricter message of a suite.
 */
export const PLUGIN_API = 1;

/** What every plugin has, whatever its kind. Its functions are its hooks. */
export interface PluginBase<Kind extends string> {
  readonly kind: Kind;
  /** Unique among plugins of its kind. Letters, digits and `@ . _ -`, 64 at most. */
  readonly name: string;
  /** Contract version, see {@link PLUGIN_API}. */
  readonly api: number;
  /** Plugins that must be registered before this one. Default: none. */
  readonly requires?: readonly PluginReference[];
  /**
   * Releases what the plugin holds; called once, by the registry's `dispose`. A plugin that has one belongs to
   * one registry: make another for another.
   */
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
