import type { Plugin } from '@limaml/plugin';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { moduleExport } from './errors.js';
import { loadDefaultExport } from './load-module.js';

const NAMES = ['limaml.config.ts', 'limaml.config.js', 'limaml.config.mjs'];

/** Contents of `limaml.config.ts`. */
export interface LimamlConfig {
  /** Plugins besides the built-in ones, in the order they are registered. */
  readonly plugins: readonly Plugin[];
}

/**
 * Plugins of the configuration file in `folder`; none where there is no such file. Plugins are an
 * explicit list: no folder is searched for them.
 */
export async function loadConfig(folder: string): Promise<readonly Plugin[]> {
  const file = NAMES.map((name) => join(folder, name)).find((path) => existsSync(path));
  if (file === undefined) return [];
  const value = await loadDefaultExport('configuration', file);
  if (!isConfig(value))
    throw moduleExport('configuration', file, 'export default { plugins: [ … ] }');
  return value.plugins;
}

function isConfig(value: unknown): value is LimamlConfig {
  return (
    typeof value === 'object' &&
    value !== null &&
    'plugins' in value &&
    Array.isArray(value.plugins)
  );
}
