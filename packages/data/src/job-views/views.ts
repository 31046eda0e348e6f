import type { ReadReport } from '@limaml/plugin';
import { createDictionary } from '../columns.js';
import { emptyLog } from '../errors.js';
import { categoriesOf, numbersOf, readViewFile } from './source.js';
import type { Reading } from './source.js';

/** Views of jobs in the order of the file, column by column. */
export interface Views {
  readonly memberIds: readonly string[];
  readonly jobIds: readonly string[];
  /** Rows of the ids above. */
  readonly member: Int32Array;
  readonly job: Int32Array;
  /** Milliseconds since 1970. */
  readonly timestamp: Float64Array;
  /** Seconds; NaN where it is not known. */
  readonly duration: Float64Array;
  readonly position: readonly (string | undefined)[];
  readonly company: readonly (string | undefined)[];
  readonly city: readonly (string | undefined)[];
  readonly state: readonly (string | undefined)[];
  readonly industry: readonly (string | undefined)[];
  readonly report: ReadReport;
}

/** Name of the file of views. */
const FILE = 'Job_Views.csv';

/** @throws what `readViewFile` throws; LIMAML_ERR_DATA_EMPTY */
export async function readViews(reading: Reading): Promise<Views> {
  const file = await readViewFile(reading, FILE, 'View.Start', {
    'Job.ID': 'categorical',
    'View.Duration': 'dense',
    Position: 'categorical',
    Company: 'categorical',
    City: 'categorical',
    'State.Code': 'categorical',
    Industry: 'categorical',
  });
  if (file.report.rowsKept === 0) throw emptyLog(FILE);
  const categories = (name: string): (string | undefined)[] => categoriesOf(file.columns[name]!);
  const jobs = createDictionary();
  return {
    memberIds: file.members,
    member: file.member,
    job: Int32Array.from(categories('Job.ID'), (id) => jobs.code(id ?? '')),
    jobIds: jobs.categories,
    timestamp: file.timestamp,
    duration: numbersOf(file.columns['View.Duration']!),
    position: categories('Position'),
    company: categories('Company'),
    city: categories('City'),
    state: categories('State.Code'),
    industry: categories('Industry'),
    report: file.report,
  };
}

/** Rows in the order of time; equal times keep the order of the file. */
export function rowsByTime({ timestamp }: Pick<Views, 'timestamp'>): Int32Array {
  const rows = new Int32Array(timestamp.length).map((_, row) => row);
  return rows.sort((a, b) => timestamp[a]! - timestamp[b]! || a - b);
}
