import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { tableDataset } from '../index.js';
import type { TableSpec } from '../index.js';
import { sqlPath, sqlString, withDuck } from './duck.js';

export const SPEC: TableSpec = {
  name: 'clicks',
  interactions: { file: 'clicks.csv' },
  entities: {
    member: { column: 'member' },
    job: {
      column: 'job',
      table: { file: 'jobs.csv', key: 'id' },
      features: [
        { name: 'salary', kind: 'dense' },
        { name: 'skills', kind: 'multi' },
        { name: 'city', kind: 'categorical' },
      ],
    },
  },
  candidate: 'job',
  timestamp: { column: 'time', unit: 'seconds' },
  label: 'clicked',
  context: [{ name: 'device', kind: 'categorical' }],
  outcomes: [{ name: 'dwell', kind: 'dense' }],
};
export const CLICKS = `member,job,time,clicked,device,dwell
u1,j1,100,1,phone,3.5
u1,j2,200,0,,
,j9,300,true,"lap""top, new",0
`;
export const JOBS = `id,salary,skills,city
j1,50,a|b,Rome
j2,,,
j3,70,b,Rome
`;

/** A folder of its own for each test file, with functions that work in it. */
export function tableFolder() {
  let folder = '';
  beforeAll(async () => {
    // A quote, a space and pattern characters, as a folder's name may have.
    folder = await mkdtemp(path.join(tmpdir(), "limaml o'table [x] *"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const write = (name: string, text: string | Uint8Array) =>
    writeFile(path.join(folder, name), text);

  async function load(
    changes: Partial<TableSpec> = {},
    files: Record<string, string | Uint8Array> = {},
  ) {
    await write('clicks.csv', CLICKS);
    await write('jobs.csv', JOBS);
    for (const [name, text] of Object.entries(files)) await write(name, text);
    return tableDataset({ ...SPEC, ...changes }).load({ path: folder });
  }

  /** The same clicks in every format. */
  async function writeParquet(source: string, target: string, select = '*') {
    await withDuck((connection) =>
      connection.run(
        `COPY (SELECT ${select} FROM read_csv(${sqlPath(path.join(folder, source))}, header = true)) TO ${sqlString(path.join(folder, target))} (FORMAT parquet)`,
      ),
    );
  }

  return { load, write, writeParquet, folder: () => folder };
}
