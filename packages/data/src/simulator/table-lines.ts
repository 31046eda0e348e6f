import { tableRecord } from '../columns.js';
import type { RawValue } from '../columns.js';
import type { ImpressionBatch } from './impressions.js';
import { simulateImpressions } from './impressions.js';
import { entityTables } from './tables.js';
import type { EntityName } from './tables.js';
import type { World } from './world.js';

/** What a marketplace shows of its entities, as CSV. */
export function* entityLines(world: World, type: EntityName): Generator<string> {
  const { ids, table } = entityTables(world)[type];
  yield ['id', ...Object.keys(table.columns)].join(',');
  for (const [row, id] of ids.entries()) {
    yield [id, ...Object.values(tableRecord(table, row)).map(cell)].join(',');
  }
}

/** No name in the marketplace holds a comma or a quote. */
function cell(value: RawValue): string {
  return Array.isArray(value) ? value.join('|') : String(value ?? '');
}

/**
 * The impressions of a block of members, as CSV.
 * @param onRows told of each batch how many rows it has
 */
export function* impressionLines(
  world: World,
  constant: number,
  onRows: (rows: number) => void,
): Generator<string> {
  yield 'member_id,job_id,company_id,timestamp,clicked,dwell,probability';
  for (const batch of simulateImpressions(world, undefined, constant)) {
    for (let row = 0; row < batch.rows; row++) yield impressionLine(world, batch, row);
    onRows(batch.rows);
  }
}

function impressionLine(world: World, batch: ImpressionBatch, row: number): string {
  const job = batch.job[row]!;
  return [
    `member-${world.firstMember + batch.member[row]! + 1}`,
    `job-${job + 1}`,
    `company-${world.jobs.company[job]! + 1}`,
    batch.timestamp[row]!,
    batch.clicked[row]!,
    batch.dwell[row]!,
    batch.probability[row]!,
  ].join(',');
}
