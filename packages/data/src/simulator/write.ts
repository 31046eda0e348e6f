import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileMissing, optionInvalid, specInvalid, writeFailed } from '../errors.js';
import { parseTableSpec } from '../table/spec.js';
import type { TableEntity, TableSpec } from '../table/spec.js';
import { clickConstant } from './impressions.js';
import { resolveOptions } from './options.js';
import type { MarketplaceOptions, SimulatorOptions } from './options.js';
import { entityLines, impressionLines } from './table-lines.js';
import { ENTITY_FEATURES, OUTCOME_FEATURES } from './tables.js';
import type { EntityName } from './tables.js';
import { memberBlocks } from './world.js';
import { replaceFile, writeTable } from './write-table.js';

/** Options of {@link writeMarketplace}. */
export interface WriteMarketplaceOptions extends SimulatorOptions {
  /** Default `'parquet'`. */
  readonly format?: 'parquet' | 'csv';
  /**
   * Files that members and impressions are divided into, each with one block of members; memory holds one block at
   * a time. Another number draws other members. Default 1.
   */
  readonly partitions?: number;
  /** Told the share written so far, 0 to 1. */
  readonly onProgress?: (share: number) => void;
  /** Stops before the file in progress is complete; it then does not appear. */
  readonly signal?: AbortSignal;
}

const SPEC_FILE = 'marketplace.json';
const TABLES = { member: 'members', job: 'jobs', company: 'companies' } as const;
const IMPRESSIONS = 'impressions';

/**
 * Simulates a marketplace into files: impressions, members, jobs, companies, and the spec that
 * `tableDataset` reads them with (`marketplace.json`). Memory does not grow with the number of
 * impressions, and with the number of members of a partition only. With several partitions, impressions and
 * members are folders of files. Each file is written under another name first and then renamed; the spec comes last.
 *
 * @returns the spec
 * @throws LIMAML_ERR_DATA_OPTION, LIMAML_ERR_DATA_WRITE
 * @example
 * ```ts
 * const spec = await writeMarketplace('data/market', { members: 500, seed: 7 });
 * const log = await tableDataset(spec).load({ path: 'data/market' });
 * ```
 */
export async function writeMarketplace(
  folder: string,
  options: WriteMarketplaceOptions = {},
): Promise<TableSpec> {
  const { format = 'parquet', partitions = 1, onProgress, signal, ...rest } = options;
  const marketplace = resolveOptions(rest);
  assertPartitions(partitions, marketplace.members);
  const layout = { folder, format, partitions };
  await prepareFolders(layout);
  await writeBlocks(layout, marketplace, onProgress ?? (() => undefined), signal);
  const spec = specOf(layout);
  await replaceFile(path.join(folder, SPEC_FILE), (partial) =>
    writeFile(partial, `${JSON.stringify(spec, null, 2)}\n`),
  );
  return spec;
}

/**
 * Reads the spec that {@link writeMarketplace} left in a folder.
 * @throws LIMAML_ERR_DATA_FILE_MISSING, LIMAML_ERR_DATA_SPEC
 */
export async function marketplaceSpec(folder: string): Promise<TableSpec> {
  const file = path.join(folder, SPEC_FILE);
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw fileMissing(file, cause);
  });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw specInvalid(`${file} is not JSON`);
  }
  return parseTableSpec(json);
}

/** Where the files are. */
interface Layout {
  readonly folder: string;
  readonly format: 'parquet' | 'csv';
  readonly partitions: number;
}

function assertPartitions(partitions: number, members: number): void {
  if (Number.isInteger(partitions) && partitions >= 1 && partitions <= members) return;
  throw optionInvalid('partitions', partitions, `a whole number from 1 to the members, ${members}`);
}

/** Files of an earlier marketplace with more partitions must not be read as parts of this one. */
async function prepareFolders({ folder, partitions }: Layout): Promise<void> {
  const parted = partitions === 1 ? [] : [IMPRESSIONS, TABLES.member];
  try {
    await rm(path.join(folder, SPEC_FILE), { force: true });
    await mkdir(folder, { recursive: true });
    for (const name of parted) {
      await rm(path.join(folder, name), { recursive: true, force: true });
      await mkdir(path.join(folder, name));
    }
  } catch (cause) {
    throw writeFailed(folder, cause);
  }
}

async function writeBlocks(
  layout: Layout,
  options: MarketplaceOptions,
  onProgress: (share: number) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  const expected = options.members * options.impressionsPerMember;
  let rows = 0;
  let constant: number | undefined;
  for (const world of memberBlocks(options, layout.partitions)) {
    constant ??= clickConstant(world);
    const entities =
      world.part === 0 ? (['member', 'job', 'company'] as const) : (['member'] as const);
    for (const type of entities) {
      await writeTable(fileOf(layout, TABLES[type], world.part), entityLines(world, type), signal);
    }
    const lines = impressionLines(world, constant, (count) => {
      rows += count;
      onProgress(Math.min(1, rows / expected));
    });
    await writeTable(fileOf(layout, IMPRESSIONS, world.part), lines, signal);
  }
}

function fileOf(layout: Layout, table: string, part: number): string {
  const name = tableFile(layout, table);
  if (name.endsWith(layout.format)) return path.join(layout.folder, name);
  const number = String(part).padStart(5, '0');
  return path.join(layout.folder, name, `part-${number}.${layout.format}`);
}

/** The file of a table, or its folder. */
function tableFile({ format, partitions }: Layout, table: string): string {
  const isParted = partitions > 1 && (table === IMPRESSIONS || table === TABLES.member);
  return isParted ? table : `${table}.${format}`;
}

function specOf(layout: Layout): TableSpec {
  const entity = (type: EntityName): TableEntity => ({
    column: `${type}_id`,
    table: { file: tableFile(layout, TABLES[type]), key: 'id' },
    features: ENTITY_FEATURES[type],
  });
  return {
    name: 'marketplace',
    interactions: { file: tableFile(layout, IMPRESSIONS) },
    entities: { member: entity('member'), job: entity('job'), company: entity('company') },
    candidate: 'job',
    timestamp: { column: 'timestamp', unit: 'milliseconds' },
    label: 'clicked',
    outcomes: OUTCOME_FEATURES,
    trueProbability: 'probability',
  };
}
