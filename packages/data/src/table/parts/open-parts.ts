import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { isLimamlError } from '@limaml/errors';
import type { DatasetContext, LogParts, PartsRequest } from '@limaml/plugin';
import { sortFailed } from '../../errors.js';
import { openDuck } from '../duck.js';
import type { Duck } from '../duck.js';
import { mapRecord } from '../log-readers.js';
import { completeTable, readSideTable } from '../side-table.js';
import type { SideTable } from '../side-table.js';
import type { TableSpec } from '../spec.js';
import { readParts } from './read-parts.js';
import { sortLog } from './sort-log.js';

/** Memory for sorting; what does not fit goes to the temporary folder. Every thread needs some. */
const SETTINGS = { memory_limit: '256MB', threads: String(Math.min(4, availableParallelism())) };

/**
 * Sorts a log by entity in a temporary folder, to be read in parts.
 *
 * @throws LIMAML_ERR_DATA_SORT, and what loading the log throws
 */
export async function openTableParts(
  spec: TableSpec,
  context: DatasetContext,
  request: PartsRequest,
): Promise<LogParts | undefined> {
  if (spec.entities[request.entity] === undefined) return undefined;
  const folder = await mkdtemp(path.join(tmpdir(), 'limaml-parts-')).catch((cause: unknown) => {
    throw sortFailed(tmpdir(), cause);
  });
  let duck: Duck | undefined;
  const close = async (): Promise<void> => {
    duck?.close();
    duck = undefined;
    await rm(folder, { recursive: true, force: true });
  };
  try {
    duck = await openDuck(path.join(folder, 'log.duckdb'), SETTINGS);
    return { ...(await openSorted(duck, spec, context, request)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openSorted(
  duck: Duck,
  spec: TableSpec,
  { path: folder = '.', signal, onProgress }: DatasetContext,
  { entity, newest = Infinity, entitiesPerPart = 16_384 }: PartsRequest,
): Promise<Omit<LogParts, 'close'>> {
  const connection = await duck.connect();
  const reading = { connection, folder, spec, signal };
  const interrupt = (): void => {
    connection.interrupt();
  };
  signal?.addEventListener('abort', interrupt);
  try {
    const sides: Record<string, SideTable> = {};
    for (const [type, described] of Object.entries(spec.entities)) {
      if (type !== entity) sides[type] = await readSideTable(reading, described);
    }
    const sorted = await sortLog(reading, entity, sides, (share) => {
      onProgress?.(share);
      signal?.throwIfAborted();
    });
    const others = mapRecord(sides, completeTable);
    const source = { ...sorted, spec, entity, others, newest, entitiesPerPart, signal };
    const { entities, report } = sorted;
    return { entities, report, parts: readParts(duck, source) };
  } catch (error) {
    signal?.throwIfAborted();
    throw isLimamlError(error) ? error : sortFailed(tmpdir(), error);
  } finally {
    signal?.removeEventListener('abort', interrupt);
  }
}
