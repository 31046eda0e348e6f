import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { defineDataset } from '@limaml/plugin';
import type {
  DatasetContext,
  DatasetPlugin,
  InteractionLog,
  LogParts,
  PartsRequest,
} from '@limaml/plugin';
import { emptyTable, numberColumn } from '../columns.js';
import { emptyLog } from '../errors.js';
import { openTableParts } from '../table/parts/open-parts.js';
import { simulateImpressions } from './impressions.js';
import type { ImpressionBatch } from './impressions.js';
import { resolveOptions } from './options.js';
import type { MarketplaceOptions, SimulatorOptions } from './options.js';
import { entityTables, OUTCOME_FEATURES } from './tables.js';
import { createWorld, SESSION_SIZE } from './world.js';
import { writeMarketplace } from './write.js';
import type { World } from './world.js';

/** Options of {@link simulatorDataset}. */
export interface SimulatorDatasetOptions extends SimulatorOptions {
  /** Name under which the dataset is registered. Default `'marketplace'`. */
  readonly name?: string;
}

/**
 * A simulated job marketplace as a dataset, without a file: members see jobs of companies and click on
 * some. The same seed gives the same log. The true click probability of every row is known. To be read in
 * parts it is written to a temporary folder first.
 *
 * @throws LIMAML_ERR_DATA_OPTION for unknown or impossible options
 * @example
 * ```ts
 * const log = await simulatorDataset({ members: 500, seed: 7 }).load({ path: undefined });
 * ```
 */
export function simulatorDataset(options: SimulatorDatasetOptions = {}): DatasetPlugin {
  const { name = 'marketplace', ...rest } = options;
  const resolved = resolveOptions(rest);
  return defineDataset({
    name,
    async load(context) {
      const world = createWorld(resolved);
      const batches = await collectBatches(world, context);
      if (batches.length === 0) throw emptyLog(name);
      return buildLog(name, world, joinBatches(batches));
    },
    openParts: (context, request) => openSimulatedParts({ name, ...resolved }, context, request),
  });
}

/** The marketplace is written to a temporary folder, so that the impressions need no memory. */
async function openSimulatedParts(
  { name, ...options }: MarketplaceOptions & { readonly name: string },
  { signal, onProgress }: DatasetContext,
  request: PartsRequest,
): Promise<LogParts | undefined> {
  const folder = await mkdtemp(path.join(tmpdir(), 'limaml-marketplace-'));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  const half = (from: number) => (share: number) => onProgress?.(from + share / 2);
  const stop = signal && { signal };
  try {
    const spec = await writeMarketplace(folder, { ...options, onProgress: half(0), ...stop });
    const context = { path: folder, onProgress: half(0.5), ...stop };
    const log = await openTableParts({ ...spec, name }, context, request);
    if (log === undefined) await remove();
    return log && { ...log, close: () => log.close().finally(remove) };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function collectBatches(world: World, context: DatasetContext): Promise<ImpressionBatch[]> {
  const { members, impressionsPerMember } = world.options;
  const expected = members * impressionsPerMember;
  const batches: ImpressionBatch[] = [];
  let rows = 0;
  for (const batch of simulateImpressions(world)) {
    batches.push(batch);
    rows += batch.rows;
    context.onProgress?.(Math.min(1, rows / Math.max(expected, SESSION_SIZE)));
    // Lets progress be drawn and an abort be heard.
    await setImmediate();
    context.signal?.throwIfAborted();
  }
  return batches;
}

function joinBatches(batches: readonly ImpressionBatch[]): ImpressionBatch {
  const rows = batches.reduce((total, batch) => total + batch.rows, 0);
  const join = <Values extends { set(part: Values, at: number): void }>(
    into: Values,
    partOf: (batch: ImpressionBatch) => Values,
  ): Values => {
    let at = 0;
    for (const batch of batches) {
      into.set(partOf(batch), at);
      at += batch.rows;
    }
    return into;
  };
  return {
    rows,
    member: join(new Int32Array(rows), (batch) => batch.member),
    job: join(new Int32Array(rows), (batch) => batch.job),
    timestamp: join(new Float64Array(rows), (batch) => batch.timestamp),
    clicked: join(new Uint8Array(rows), (batch) => batch.clicked),
    dwell: join(new Float32Array(rows), (batch) => batch.dwell),
    probability: join(new Float32Array(rows), (batch) => batch.probability),
  };
}

function buildLog(name: string, world: World, impressions: ImpressionBatch): InteractionLog {
  const { rows, member, job } = impressions;
  return {
    name,
    rows,
    timestamp: impressions.timestamp,
    label: Float32Array.from(impressions.clicked),
    refs: { member, job, company: job.map((row) => world.jobs.company[row]!) },
    entities: entityTables(world),
    candidate: 'job',
    context: emptyTable(rows),
    contextFeatures: [],
    outcomes: { rows, columns: { dwell: numberColumn(impressions.dwell) } },
    outcomeFeatures: OUTCOME_FEATURES,
    trueProbability: impressions.probability,
    report: { rowsRead: rows, rowsKept: rows, malformed: [] },
  };
}
