import { runChecks } from './conformance.js';
import type { Check, ConformanceReport } from './conformance.js';
import { FORGETTING_CHECKS } from './store-forgetting-checks.js';
import { HOLDING_CHECKS } from './store-holding-checks.js';
import { REFUSAL_CHECKS } from './store-refusal-checks.js';
import { VERSION_CHECKS } from './store-version-checks.js';
import { ensureRefused } from './store-fixture.js';
import type { OpenStore, StoreCheck } from './store-fixture.js';

/**
 * Conformance suite of meta-embedding stores: atomic publish, rollback, refresh, deletion, refusals. Works under any
 * test runner.
 *
 * @param name how reports call the store
 * @param open opens the store at a location; the suite uses a location per check, names such as `check-3`
 * @returns the checks, all passed
 * @throws LIMAML_ERR_PLUGIN_CONFORMANCE that lists what failed and how to repair it
 *
 * @example
 * ```ts
 * const plugin = memoryStore();
 * await testStore('memory', (location, options) => plugin.open(location, options));
 * ```
 */
export function testStore(name: string, open: OpenStore): Promise<ConformanceReport> {
  const checks = [...HOLDING_CHECKS, ...FORGETTING_CHECKS, ...VERSION_CHECKS, ...REFUSAL_CHECKS];
  return runChecks(`store ${name}`, [
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
