import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { LimamlConfig } from './define-config.js';
import { moduleExport } from './errors.js';
import { loadDefaultExport } from './load-module.js';
import { loadNamedPlugins, type FoundPlugin } from './named-plugins.js';

const NAMES = ['limaml.config.ts', 'limaml.config.js', 'limaml.config.mjs'];

/**
 * Plugins of the configuration file in `folder`, with where they come from; none where there is no such file.
 * Plugins are an explicit list: no folder is searched for them.
 *
 * @throws LIMAML_ERR_CLI_MODULE_UNLOADABLE, LIMAML_ERR_CLI_MODULE_EXPORT, LIMAML_ERR_CLI_PLUGIN_NOT_FOUND,
 *   LIMAML_ERR_CLI_PLUGIN_UNLOADABLE, LIMAML_ERR_CLI_PLUGIN_EXPORT
 */
export async function loadConfig(folder: string): Promise<readonly FoundPlugin[]> {
  const file = NAMES.map((name) => join(folder, name)).find((path) => existsSync(path));
  if (file === undefined) return [];
  const value = await loadDefaultExport('configuration', file);
  if (!isConfig(value))
    throw moduleExport('configuration', file, 'export default defineConfig({ plugins: [ … ] })');
  const found: FoundPlugin[] = [];
  for (const entry of value.plugins) {
    if (typeof entry === 'string') found.push(...(await loadNamedPlugins(entry, file)));
    else found.push({ plugin: entry, origin: { from: 'config', file } });
  }
  return found;
}

function isConfig(value: unknown): value is LimamlConfig {
  return (
    typeof value === 'object' &&
    value !== null &&
    'plugins' in value &&
    Array.isArray(value.plugins)
  );
}
