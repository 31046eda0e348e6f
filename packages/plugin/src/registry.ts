import { assertPlugin } from './check-plugin.js';
import type { Plugin, PluginKind, PluginKinds, PluginName, PluginOf } from './contracts/index.js';
import {
  disposeFailed,
  duplicateName,
  registryDisposed,
  requirementMissing,
  unknownPlugin,
} from './errors.js';

/** The plugins of one application. */
export interface Registry {
  /**
   * Adds a plugin, after checking in order: that it is one, contract version, kind and name, members and
   * features, duplicate name, required plugins. A plugin that fails is not added.
   *
   * @throws LIMAML_ERR_PLUGIN_NOT_A_PLUGIN, …_API_MISMATCH, …_MEMBER_INVALID, …_FEATURES_INCONSISTENT,
   *   …_DUPLICATE, …_REQUIREMENT_MISSING, …_REGISTRY_DISPOSED
   */
  use(plugin: Plugin): this;
  /**
   * The plugin of a kind and name.
   *
   * @throws LIMAML_ERR_PLUGIN_UNKNOWN with the near names and all registered ones
   */
  get<K extends PluginKind, const N extends PluginName<K>>(kind: K, name: N): PluginOf<K, N>;
  /** Whether there is such a plugin. */
  has(kind: PluginKind, name: string): boolean;
  /** All plugins in the order of registration, or those of one kind. */
  list(): readonly Plugin[];
  list<K extends PluginKind>(kind: K): readonly PluginKinds[K][];
  /**
   * Disposes of every plugin once, the last registered first. Calling it again does nothing.
   *
   * @throws LIMAML_ERR_PLUGIN_DISPOSE_FAILED when some threw; the others were disposed of all the same
   */
  dispose(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Makes an empty registry. An application has one and passes it on; there is no global one.
 *
 * @example
 * ```ts
 * const registry = createRegistry().use(memberEntity()).use(memoryStore());
 * const member = registry.get('entity', 'member');
 * await registry.dispose();
 * ```
 */
export function createRegistry(): Registry {
  return new PluginRegistry();
}

class PluginRegistry implements Registry {
  readonly #plugins: Plugin[] = [];
  #disposal: Promise<void> | undefined;

  use(plugin: Plugin): this {
    this.#assertOpen();
    assertPlugin(plugin);
    if (this.has(plugin.kind, plugin.name)) throw duplicateName(plugin);
    const missing = plugin.requires?.find(({ kind, name }) => !this.has(kind, name));
    if (missing) throw requirementMissing(plugin, missing, this.#names(missing.kind));
    this.#plugins.push(plugin);
    return this;
  }

  get<K extends PluginKind, const N extends PluginName<K>>(kind: K, name: N): PluginOf<K, N> {
    this.#assertOpen();
    const plugin = this.#find(kind, name);
    if (!plugin) throw unknownPlugin({ kind, name }, this.#names(kind));
    return plugin as PluginOf<K, N>;
  }

  has(kind: PluginKind, name: string): boolean {
    return this.#find(kind, name) !== undefined;
  }

  list(): readonly Plugin[];
  list<K extends PluginKind>(kind: K): readonly PluginKinds[K][];
  list(kind?: PluginKind): readonly Plugin[] {
    return this.#plugins.filter((plugin) => kind === undefined || plugin.kind === kind);
  }

  dispose(): Promise<void> {
    this.#disposal ??= disposeAll(this.#plugins.toReversed());
    return this.#disposal;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  #find(kind: PluginKind, name: string): Plugin | undefined {
    return this.#plugins.find((plugin) => plugin.kind === kind && plugin.name === name);
  }

  #names(kind: PluginKind): readonly string[] {
    return this.list(kind).map(({ name }) => name);
  }

  #assertOpen(): void {
    if (this.#disposal) throw registryDisposed();
  }
}

/** One after the other, because a plugin may still need those registered before it while it closes. */
async function disposeAll(plugins: readonly Plugin[]): Promise<void> {
  const failures = [];
  for (const plugin of plugins) {
    try {
      await plugin.dispose?.();
    } catch (error) {
      failures.push({ label: plugin, error });
    }
  }
  if (failures.length > 0) throw disposeFailed(failures);
}
