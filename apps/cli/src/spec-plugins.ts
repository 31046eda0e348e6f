import type { Registry } from '@limaml/plugin';
import { loadPlugins } from './experiment-spec.js';

/**
 * Registers the plugins that an experiment spec or sweep brings along (a dataset with options, a model), so that
 * what was trained with them can be used again.
 */
export async function registerSpecPlugins(
  registry: Registry,
  file: string | undefined,
): Promise<void> {
  if (file === undefined) return;
  for (const plugin of await loadPlugins(file)) {
    registry.use(plugin, { from: 'spec', file });
  }
}
