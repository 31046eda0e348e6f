import type { DatasetContext, DatasetPlugin } from '../contracts/index.js';
import { ensure, runChecks } from './conformance.js';
import type { Check, ConformanceReport } from './conformance.js';
import { checkConsistent, describeLog } from './described-log.js';
import type { DescribedLog } from './described-log.js';
import { pluginChecks } from './plugin-checks.js';

/** Options of {@link testDatasetPlugin}. */
export interface DatasetSuiteOptions {
  /** Entity type to divide by when the log is read in parts; some of its entities have several interactions. */
  readonly entity: string;
  /** Folder or file of a small log. Default: none is named. */
  readonly path?: string;
}

/**
 * Conformance suite of dataset plugins: the log is consistent, the same each time it is read, and, where
 * the plugin reads it in parts, the same in parts. Works under any test runner.
 *
 * @returns the checks, all passed
 * @throws LIMAML_ERR_PLUGIN_CONFORMANCE that lists what failed and how to repair it
 *
 * @example
 * ```ts
 * await testDatasetPlugin(courseLog(), { entity: 'student', path: 'testdata/courses' });
 * ```
 */
export async function testDatasetPlugin(
  plugin: DatasetPlugin,
  { entity, path }: DatasetSuiteOptions,
): Promise<ConformanceReport> {
  const tested: Tested = { plugin, entity, context: { path } };
  const parts = plugin.openParts === undefined ? [] : partsChecks(tested);
  return runChecks(`dataset ${plugin.name}`, [
    ...pluginChecks(plugin, 'defineDataset'),
    ...wholeChecks(tested),
    ...parts,
  ]);
}

interface Tested {
  readonly plugin: DatasetPlugin;
  readonly entity: string;
  readonly context: DatasetContext;
}

function wholeChecks({ plugin, entity, context }: Tested): readonly Check[] {
  return [
    {
      name: 'loads columns of equal length, and references to rows that exist',
      fix: 'Fill every column for every interaction, and add each entity to its table',
      run: async () => {
        checkConsistent(await plugin.load(context));
      },
    },
    {
      name: 'loads the same log again',
      fix: 'Read in a fixed order, and draw nothing at random without a seed',
      run: async () => {
        const [first, again] = [await plugin.load(context), await plugin.load(context)];
        ensureSame(describeLog(first, entity), describeLog(again, entity), 'the second log');
      },
    },
    {
      name: 'gives up loading when the signal says so',
      fix: 'Call signal.throwIfAborted() while reading',
      run: () => ensureAborts((signal) => plugin.load({ ...context, signal })),
    },
  ];
}

function partsChecks(tested: Tested): readonly Check[] {
  const { plugin, context, entity } = tested;
  return [
    {
      name: 'gives parts that together are the whole log, no entity in two of them',
      fix: 'Put all interactions of an entity, and its row of the entity table, into one part',
      run: async () => {
        const whole = describeLog(await plugin.load(context), entity);
        const third = Math.max(1, Math.ceil(whole.size / 3));
        for (const entitiesPerPart of [third, whole.size + 1])
          ensureSame(whole, await readParts(tested, { entitiesPerPart }), 'the parts together');
      },
    },
    {
      name: 'leaves out older interactions only',
      fix: 'Keep at least the newest interactions of each entity, by time and then by the order of the log',
      run: async () => {
        const whole = describeLog(await plugin.load(context), entity);
        const newest = 2;
        const cut = (log: DescribedLog): DescribedLog =>
          new Map([...log].map(([id, rows]) => [id, { ...rows, rows: rows.rows.slice(-newest) }]));
        ensureSame(cut(whole), cut(await readParts(tested, { newest })), 'the newest in parts');
      },
    },
    {
      name: 'can be closed before all parts are read, and twice',
      fix: 'Release everything in close(), and do nothing when it is called again',
      run: async () => {
        const log = await plugin.openParts!(context, { entity, entitiesPerPart: 1 });
        await log?.parts[Symbol.asyncIterator]().next();
        await log?.close();
        await log?.close();
      },
    },
    {
      name: 'gives up opening parts when the signal says so',
      fix: 'Call signal.throwIfAborted() while reading, and release what was opened',
      run: () => ensureAborts((signal) => plugin.openParts!({ ...context, signal }, { entity })),
    },
  ];
}

/** All parts as one log. */
async function readParts(
  { plugin, context, entity }: Tested,
  request: { readonly newest?: number; readonly entitiesPerPart?: number },
): Promise<DescribedLog> {
  const opened = await plugin.openParts!(context, { entity, ...request });
  ensure(opened !== undefined, `openParts() gives nothing for entities of type "${entity}"`);
  const all = new Map<string, ReturnType<DescribedLog['get']> & object>();
  try {
    for await (const part of opened.parts) {
      checkConsistent(part);
      const described = describeLog(part, entity);
      const most = request.entitiesPerPart ?? Infinity;
      ensure(described.size <= most, `a part has ${described.size} entities, not ${most} at most`);
      for (const [id, rows] of described) {
        ensure(!all.has(id), `"${id}" is in two parts`);
        all.set(id, rows);
      }
    }
  } finally {
    await opened.close();
  }
  ensure(all.size === opened.entities, `${opened.entities} entities stated, ${all.size} read`);
  return all;
}

function ensureSame(expected: DescribedLog, got: DescribedLog, what: string): void {
  for (const [id, { features, rows }] of expected) {
    const other = got.get(id);
    ensure(other !== undefined, `${what} lack "${id}"`);
    ensure(other.features === features, `${what} have other features of "${id}"`);
    ensure(
      other.rows.join('\n') === rows.join('\n'),
      `${what} have other interactions of "${id}", or in another order: ${other.rows[0]} where ${rows[0]} is due`,
    );
  }
  ensure(got.size === expected.size, `${what} have ${got.size} entities, not ${expected.size}`);
}

async function ensureAborts(run: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
  let failed = false;
  try {
    await run(AbortSignal.abort());
  } catch {
    failed = true;
  }
  ensure(failed, 'it went on after an abort');
}
