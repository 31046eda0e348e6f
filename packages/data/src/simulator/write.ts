import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileMissing, specInvalid, writeFailed } from '../errors.js';
import { isAbort } from '../is-abort.js';
import { tableRecord } from '../columns.js';
import type { RawValue } from '../columns.js';
import { sqlPath, sqlString, withDuck } from '../table/duck.js';
import { parseTableSpec } from '../table/spec.js';
import type { TableEntity, TableSpec } from '../table/spec.js';
import { writeLines } from './write-lines.js';
import { simulateImpressions } from './impressions.js';
import type { ImpressionBatch } from './impressions.js';
import { resolveOptions } from './options.js';
import type { SimulatorOptions } from './options.js';
import { ENTITY_FEATURES, entityTables, OUTCOME_FEATURES } from './tables.js';
import type { EntityName } from './tables.js';
import { createWorld } from './world.js';
import type { World } from './world.js';

/** Options of {@link writeMarketplace}. */
export interface WriteMarketplaceOptions extends SimulatorOptions {
  /** Default `'parquet'`. */
  readonly format?: 'parquet' | 'csv';
  /** Told the share written so far, 0 to 1. */
  readonly onProgress?: (share: number) => void;
  /** Stops before the file in progress is complete; it then does not appear. */
  readonly signal?: AbortSignal;
}

const SPEC_FILE = 'marketplace.json';
const TABLES = { member: 'members', job: 'jobs', company: 'companies' } as const;

/**
 * Simulates a marketplace into files: impressions, members, jobs, companies, and the spec that
 * `tableDataset` reads them with (`marketplace.json`). Memory does not grow with the number of
 * impressions. Each file is written under another name first and then renamed.
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
  const { format = 'parquet', onProgress, signal, ...rest } = options;
  const world = createWorld(resolveOptions(rest));
  const spec = specOf(format);
  await mkdir(folder, { recursive: true }).catch((cause: unknown) => {
    throw writeFailed(folder, cause);
  });
  for (const [type, lines] of Object.entries(entityLines(world))) {
    const name = `${TABLES[type as EntityName]}.${format}`;
    await writeTable(path.join(folder, name), lines, signal);
  }
  const impressions = path.join(folder, spec.interactions.file);
  await writeTable(impressions, impressionLines(world, onProgress), signal);
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

function specOf(format: 'parquet' | 'csv'): TableSpec {
  const entity = (type: EntityName): TableEntity => ({
    column: `${type}_id`,
    table: { file: `${TABLES[type]}.${format}`, key: 'id' },
    features: ENTITY_FEATURES[type],
  });
  return {
    name: 'marketplace',
    interactions: { file: `impressions.${format}` },
    entities: { member: entity('member'), job: entity('job'), company: entity('company') },
    candidate: 'job',
    timestamp: { column: 'timestamp', unit: 'milliseconds' },
    label: 'clicked',
    outcomes: OUTCOME_FEATURES,
    trueProbability: 'probability',
  };
}

function entityLines(world: World): Record<EntityName, Iterable<string>> {
  const tables = entityTables(world);
  function* lines(type: EntityName): Generator<string> {
    const { ids, table } = tables[type];
    yield ['id', ...Object.keys(table.columns)].join(',');
    for (const [row, id] of ids.entries()) {
      yield [id, ...Object.values(tableRecord(table, row)).map(cell)].join(',');
    }
  }
  return { member: lines('member'), job: lines('job'), company: lines('company') };
}

/** No name in the marketplace holds a comma or a quote. */
function cell(value: RawValue): string {
  return Array.isArray(value) ? value.join('|') : String(value ?? '');
}

function* impressionLines(
  world: World,
  onProgress: ((share: number) => void) | undefined,
): Generator<string> {
  const { members, impressionsPerMember } = world.options;
  let rows = 0;
  yield 'member_id,job_id,company_id,timestamp,clicked,dwell,probability';
  for (const batch of simulateImpressions(world)) {
    for (let row = 0; row < batch.rows; row++) yield impressionLine(world, batch, row);
    rows += batch.rows;
    onProgress?.(Math.min(1, rows / (members * impressionsPerMember)));
  }
}

function impressionLine(world: World, batch: ImpressionBatch, row: number): string {
  const job = batch.job[row]!;
  return [
    `member-${batch.member[row]! + 1}`,
    `job-${job + 1}`,
    `company-${world.jobs.company[job]! + 1}`,
    batch.timestamp[row]!,
    batch.clicked[row]!,
    batch.dwell[row]!,
    batch.probability[row]!,
  ].join(',');
}

/** Writes CSV; for Parquet, DuckDB then turns it into a typed file, streaming. */
async function writeTable(
  file: string,
  lines: Iterable<string>,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (file.endsWith('.csv')) {
    await replaceFile(file, (partial) => writeLines(partial, lines, signal));
    return;
  }
  const csv = `${file}.csv.partial`;
  try {
    await writeLines(csv, lines, signal).catch((cause: unknown) => {
      throw isAbort(cause) ? cause : writeFailed(file, cause);
    });
    await replaceFile(file, (partial) => convertToParquet(csv, partial));
  } finally {
    await rm(csv, { force: true });
  }
}

async function convertToParquet(csv: string, parquet: string): Promise<void> {
  const source = `read_csv(${sqlPath(path.resolve(csv))}, header = true, delim = ',')`;
  const target = sqlString(path.resolve(parquet));
  await withDuck((connection) =>
    connection.run(`COPY (SELECT * FROM ${source}) TO ${target} (FORMAT parquet)`),
  );
}

/** Writes under another name and renames, so that a full disk never leaves half a file. */
async function replaceFile(
  file: string,
  write: (partial: string) => Promise<unknown>,
): Promise<void> {
  const partial = `${file}.partial`;
  try {
    await write(partial);
    await rename(partial, file);
  } catch (cause) {
    await rm(partial, { force: true });
    throw isAbort(cause) ? cause : writeFailed(file, cause);
  }
}
