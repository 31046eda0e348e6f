import { assertPlugin } from '../check-plugin.js';
import type { Plugin } from '../contracts/index.js';
import { createRegistry } from '../registry.js';
import { ensure } from './conformance.js';
import type { Check } from './conformance.js';

/**
 * Checks that every kind of plugin has in common.
 *
 * @param helper the `define*` function that makes plugins of this kind
 * @param requires plugins that it requires
 */
export function pluginChecks(
  plugin: Plugin,
  helper: string,
  requires: readonly Plugin[] = [],
): readonly Check[] {
  return [
    {
      name: 'is complete and consistent by itself',
      fix: `Make the plugin with ${helper}, and follow the message`,
      run: () => {
        assertPlugin(plugin);
      },
    },
    {
      name: 'is accepted by a registry after what it requires',
      fix: 'Pass the plugins it requires to the suite, and follow the message',
      run: () => {
        const registry = createRegistry();
        for (const required of requires) registry.use(required);
        const found = registry.use(plugin).list(plugin.kind);
        ensure(found.includes(plugin), 'list() has another one');
      },
    },
  ];
}
