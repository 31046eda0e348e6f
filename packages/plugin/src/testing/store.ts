import type { StorePlugin } from '../contracts/index.js';
import { runChecks } from './conformance.js';
import type { Check, ConformanceReport } from './conformance.js';
import { pluginChecks } from './plugin-checks.js';
import { DTYPE_CHECKS } from './store-dtype-checks.js';
import { FORGETTING_CHECKS } from './store-forgetting-checks.js';
import { HOLDING_CHECKS } from './store-holding-checks.js';
import { RESUME_CHECKS } from './store-resume-checks.js';
import { REFUSAL_CHECKS } from './store-refusal-checks.js';
import { VERSION_CHECKS } from './store-version-checks.js';
import { ensureRefused } from './store-fixture.js';
import type { OpenStore, StoreCheck } from './store-fixture.js';

/** Options of {@link testStorePlugin}. */
export interface StoreSuiteOptions {
  /**
   * Makes a location that the plugin opens of a name such as `check-3`, e.g. a path in a temporary folder. The
   * suite uses a location per check. Default: the name itself.
   */
  readonly locate?: (name: string) => string;
}

/**
 * Conformance suite of store plugins: atomic publish, rollback, refresh, dtypes, resuming, deletion, refusals. Works
 * under any test runner.
 *
 * @returns the checks, all passed
 * @throws LIMAML_ERR_PLUGIN_CONFORMANCE that lists what failed and how to repair it
 *
 * @example
 * ```ts
 * await testStorePlugin(memoryStore());
 * await testStorePlugin(lmdbStore(), { locate: (name) => join(folder, name) });
 * ```
 */
export function testStorePlugin(
  plugin: StorePlugin,
  { locate = (name) => name }: StoreSuiteOptions = {},
): Promise<ConformanceReport> {
  const open: OpenStore = (name, options) => plugin.open(locate(name), options);
  const checks = [
    ...HOLDING_CHECKS,
    ...DTYPE_CHECKS,
    ...FORGETTING_CHECKS,
    ...VERSION_CHECKS,
    ...RESUME_CHECKS,
    ...REFUSAL_CHECKS,
  ];
  return runChecks(`store ${plugin.name}`, [
    ...pluginChecks(plugin, 'defineStore'),
    ...checks.map((check, index) => bind(check, `check-${index}`, open)),
    makesNothing(open),
  ]);
}

function bind({ name, fix, run }: StoreCheck, location: string, open: OpenStore): Check {
  return {
    name,
    fix,
    run: async () => {
      const store = await open(location);
      try {
        await run(store, () => open(location));
      } finally {
        await store.close();
      }
    },
  };
}

function makesNothing(open: OpenStore): Check {
  return {
    name: 'refuses to open a store that does not exist, with create: false',
    fix: 'Look for the store before anything is made, and throw a coded error',
    run: () =>
      ensureRefused('a missing store', async () => {
        await (await open('check-missing', { create: false })).close();
      }),
  };
}
