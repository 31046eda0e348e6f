import { assertPlugin } from './check-plugin.js';
import type { Plugin, PluginKind, PluginKinds, PluginName, PluginOf } from './contracts/index.js';
import {
  disposeFailed,
  duplicateName,
  registryDisposed,
  registryDisposedTwice,
  requirementMissing,
  unknownPlugin,
} from './errors.js';

/** Where a plugin comes from, for listings. */
export interface PluginOrigin {
  /**
   * Who named it: the application's own code (`'code'`), what an application brings along (`'built-in'`), a
   * configuration file by value (`'config'`), by package (`'package'`) or by local file (`'file'`), an
   * experiment spec (`'spec'`).
   */
  readonly from: 'code' | 'built-in' | 'config' | 'package' | 'file' | 'spec';
  /** Name of its package, where it is known. */
  readonly package?: string;
  /** Version of that package. */
  readonly version?: string;
  /** The configuration, spec or local file. */
  readonly file?: string;
}

/** Options of {@link createRegistry}. */
export interface RegistryOptions {
  /** Origin of plugins that are used without one. Default: `{ from: 'code' }`. */
  readonly origin?: PluginOrigin;
}

/** The plugins of one application. */
export interface Registry {
  /**
   * Adds a plugin, after checking in order: that it is one, contract version, kind and name, members and
   * features, duplicate name, required plugins. A plugin that fails is not added.
   *
   * @param origin where it comes from. Default: that of {@link RegistryOptions}
   * @throws LIMAML_ERR_PLUGIN_NOT_A_PLUGIN, …_API_MISMATCH, …_MEMBER_INVALID, …_FEATURES_INCONSISTENT,
   *   …_DUPLICATE, …_REQUIREMENT_MISSING, …_REGISTRY_DISPOSED
   */
  use(plugin: Plugin, origin?: PluginOrigin): this;
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
  /** Where a registered plugin comes from; undefined when it is not registered. */
  originOf(plugin: Plugin): PluginOrigin | undefined;
  /**
   * Disposes of every plugin, the last registered first.
   *
   * @throws LIMAML_ERR_PLUGIN_DISPOSE_FAILED when some threw; the others were disposed of all the same
   * @throws LIMAML_ERR_PLUGIN_DISPOSED_TWICE when it was called before
   */
  dispose(): Promise<void>;
  /** What `await using` calls: disposes, unless `dispose` was called before. */
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
export function createRegistry({ origin = { from: 'code' } }: RegistryOptions = {}): Registry {
  return new PluginRegistry(origin);
}

class PluginRegistry implements Registry {
  readonly #origins = new Map<Plugin, PluginOrigin>();
  readonly #origin: PluginOrigin;
  #disposed = false;

  constructor(origin: PluginOrigin) {
    this.#origin = origin;
  }

  use(plugin: Plugin, origin: PluginOrigin = this.#origin): this {
    this.#assertOpen();
    assertPlugin(plugin);
    if (this.has(plugin.kind, plugin.name)) throw duplicateName(plugin);
    const missing = plugin.requires?.find(({ kind, name }) => !this.has(kind, name));
    if (missing) throw requirementMissing(plugin, missing, this.#names(missing.kind));
    this.#origins.set(plugin, origin);
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
    return [...this.#origins.keys()].filter((plugin) => kind === undefined || plugin.kind === kind);
  }

  originOf(plugin: Plugin): PluginOrigin | undefined {
    return this.#origins.get(plugin);
  }

  async dispose(): Promise<void> {
    if (this.#disposed) throw registryDisposedTwice();
    this.#disposed = true;
    await disposeAll(this.list().toReversed());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#disposed) await this.dispose();
  }

  #find(kind: PluginKind, name: string): Plugin | undefined {
    return this.list().find((plugin) => plugin.kind === kind && plugin.name === name);
  }

  #names(kind: PluginKind): readonly string[] {
    return this.list(kind).map(({ name }) => name);
  }

  #assertOpen(): void {
    if (this.#disposed) throw registryDisposed();
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
