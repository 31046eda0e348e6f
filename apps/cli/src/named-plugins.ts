import { isLimamlError } from '@limaml/errors';
import { isPlugin, type Plugin, type PluginOrigin } from '@limaml/plugin';
import { existsSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pluginExport, pluginNotFound, pluginUnloadable } from './errors.js';
import { createLoader } from './load-module.js';

/** A plugin and where it comes from. */
export interface FoundPlugin {
  readonly plugin: Plugin;
  readonly origin: PluginOrigin;
}

/** A package with its folder inside, as npm allows them. No URL and no built-in module of Node is one. */
const PACKAGE = /^(?:@[a-z0-9~-][\w.~-]*\/)?[a-z0-9~-][\w.~-]*(?:\/[\w.~-]+)*$/i;

/**
 * Loads the plugins of a package or local file that a configuration names.
 *
 * @param name a package, or a path that starts with `.` or is absolute
 * @param config the configuration file, which names and paths are resolved from
 */
export async function loadNamedPlugins(
  name: string,
  config: string,
): Promise<readonly FoundPlugin[]> {
  const file = locate(name, config);
  const origin = isPath(name) ? ({ from: 'file', file } as const) : packageOrigin(file);
  const plugins = asPlugins(await evaluate(name, config, file));
  if (plugins === undefined) throw pluginExport(name, config);
  return plugins.map((plugin) => ({ plugin, origin }));
}

function isPath(name: string): boolean {
  return /^\.{1,2}(?:\/|$)/.test(name) || isAbsolute(name);
}

/** @throws LIMAML_ERR_CLI_PLUGIN_NOT_FOUND */
function locate(name: string, config: string): string {
  if (isPath(name)) {
    const file = resolve(dirname(config), name);
    if (!existsSync(file)) throw pluginNotFound(name, config);
    return file;
  }
  const url =
    PACKAGE.test(name) && !isBuiltin(name)
      ? createLoader(config).esmResolve(name, { try: true, parentURL: config })
      : undefined;
  if (url?.startsWith('file:') !== true) throw pluginNotFound(name, config);
  return fileURLToPath(url);
}

/** The default export of a module, called where it is a factory. */
async function evaluate(name: string, config: string, file: string): Promise<unknown> {
  try {
    const value = await createLoader(config).import(file, { default: true });
    return typeof value === 'function' ? await (value as () => unknown)() : value;
  } catch (error) {
    throw isLimamlError(error) ? error : pluginUnloadable(name, config, error);
  }
}

function asPlugins(value: unknown): readonly Plugin[] | undefined {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.length > 0 && list.every(isPlugin) ? list : undefined;
}

/** Name and version in the nearest package.json above a file; one without a name says what its files are. */
function packageOrigin(file: string): PluginOrigin {
  const folder = dirname(file);
  if (folder === file) return { from: 'package' };
  const { name, version } = readPackage(join(folder, 'package.json'));
  if (name === undefined || version === undefined) return packageOrigin(folder);
  return { from: 'package', package: name, version };
}

function readPackage(path: string): { readonly name?: string; readonly version?: string } {
  if (!existsSync(path)) return {};
  return JSON.parse(readFileSync(path, 'utf8')) as { name?: string; version?: string };
}
