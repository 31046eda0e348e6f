import type { EntityPlugin, EntityTypes } from './entity.js';
import type { PluginKind, PluginKinds } from './plugin.js';

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
