import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it } from 'vitest';
import type { InteractionLog } from '@limaml/plugin';
import { tableDataset, tableRecord } from '../index.js';
import type { TableSpec } from '../index.js';
import { JOBS, SPEC, tableFolder } from './table-folder.test-support.js';

const { write, writeParquet, folder } = tableFolder();

const HEADER = 'member,job,time,clicked,device,dwell\n';
/** Rows of two days, the later one first by name of the file. */
const DAYS = {
  'day=2026-01-05/part-0': 'u1,j1,100,1,phone,1\nu2,j2,100,0,desk,2\n',
  'day=2026-01-05/part-1': 'u1,j3,110,0,phone,\n',
  'day=2026-01-06/part-0': 'u2,j1,90,1,phone,3\nu1,j2,200,1,desk,4\n',
};
const BY_DAY: Partial<TableSpec> = {
  interactions: { file: 'log' },
  context: [
    { name: 'device', kind: 'categorical' },
    { name: 'day', kind: 'categorical' },
  ],
};

async function place(name: string, content: string | Uint8Array): Promise<void> {
  await mkdir(path.dirname(path.join(folder(), name)), { recursive: true });
  await writeFile(path.join(folder(), name), content);
}

/** Places a part in a format. */
async function placePart(name: string, rows: string, ending: string): Promise<void> {
  if (ending === 'csv') return place(`${name}.csv`, HEADER + rows);
  if (ending === 'csv.gz') return place(`${name}.csv.gz`, gzipSync(HEADER + rows));
  if (ending === 'jsonl') return place(`${name}.jsonl`, linesOf(rows));
  await place('part.csv', HEADER + rows);
  await mkdir(path.dirname(path.join(folder(), name)), { recursive: true });
  await writeParquet('part.csv', `${name}.parquet`);
  await rm(path.join(folder(), 'part.csv'));
}

function linesOf(rows: string): string {
  const names = HEADER.trim().split(',');
  return rows
    .trimEnd()
    .split('\n')
    .map((row) => {
      const values = row.split(',').map((value) => (/^\d+$/.test(value) ? Number(value) : value));
      const kept = names.map((name, at) => [name, values[at]]).filter(([, value]) => value !== '');
      return `${JSON.stringify(Object.fromEntries(kept))}\n`;
    })
    .join('');
}

const dataset = (changes: Partial<TableSpec>) => tableDataset({ ...SPEC, ...changes });
const load = (changes: Partial<TableSpec>) => dataset(changes).load({ path: folder() });

/** What rows say, in the order of the log. */
function rowsOf(log: InteractionLog): unknown[] {
  return Array.from({ length: log.rows }, (_, row) => [
    log.entities.member!.ids[log.refs.member![row]!],
    log.entities.job!.ids[log.refs.job![row]!],
    log.timestamp[row]! / 1000,
    tableRecord(log.context, row).day,
    tableRecord(log.outcomes, row).dwell,
  ]);
}

beforeEach(async () => {
  await rm(path.join(folder(), 'log'), { recursive: true, force: true });
  await write('jobs.csv', JOBS);
});

describe.each(['csv', 'csv.gz', 'jsonl', 'parquet'])('a folder of %s', (ending) => {
  beforeEach(async () => {
    for (const [name, rows] of Object.entries(DAYS)) await placePart(`log/${name}`, rows, ending);
    await place('log/_SUCCESS', '');
    await place('log/day=2026-01-05/.part-0.crc', 'x');
  });

  const expected = [
    ['u1', 'j1', 100, '2026-01-05', 1],
    ['u2', 'j2', 100, '2026-01-05', 2],
    ['u1', 'j3', 110, '2026-01-05', undefined],
    ['u2', 'j1', 90, '2026-01-06', 3],
    ['u1', 'j2', 200, '2026-01-06', 4],
  ];

  it('is read as one table, names of folders as columns', async () => {
    const log = await load(BY_DAY);
    expect(rowsOf(log)).toEqual(expected);
    expect(log.report).toMatchObject({ rowsRead: 5, rowsKept: 5 });
  });

  it('is read in parts with the same rows', async () => {
    const opened = await dataset(BY_DAY).openParts!(
      { path: folder() },
      { entity: 'member', entitiesPerPart: 1 },
    );
    const parts: InteractionLog[] = [];
    for await (const part of opened!.parts) parts.push(part);
    await opened!.close();
    expect(parts).toHaveLength(2);
    const sorted = [0, 2, 4, 3, 1].map((row) => expected[row]);
    expect(parts.flatMap(rowsOf)).toEqual(sorted);
  });

  it('says in which file a malformed row is, whole or in parts', async () => {
    await placePart('log/day=2026-01-07/part-0', 'u1,j1,1,1,,1\nu1,j1,soon,1,,1\n', ending);
    const name = `day=2026-01-07/part-0.${ending}`;
    const place = ending === 'parquet' ? `${name}, row 2` : `${name}:${ending === 'jsonl' ? 2 : 3}`;
    const changes = { ...BY_DAY, maxMalformedShare: 0.5 };
    const malformed = [
      { reason: 'column "time" is no time in seconds', count: 1, examples: [place] },
    ];
    expect((await load(changes)).report.malformed).toEqual(malformed);
    const opened = await dataset(changes).openParts!({ path: folder() }, { entity: 'member' });
    expect(opened!.report.malformed).toEqual(malformed);
    await opened!.close();
  });
});

describe('a folder', () => {
  it('may be plain, or nested without names of columns, and a side table', async () => {
    const plain = { interactions: { file: 'log' } };
    for (const [name, rows] of Object.entries(DAYS)) {
      await placePart(`log/${name.replaceAll(/day=|\//g, '-')}`, rows, 'csv');
    }
    expect((await load(plain)).rows).toBe(5);
    await place('log/deeper/part.csv', `${HEADER}u9,j1,1,1,,1\n`);
    expect((await load(plain)).rows).toBe(6);
    await place('jobs/a.csv', JOBS);
    await place('jobs/b.csv', 'id,salary,skills,city\nj4,90,,Oslo\n');
    const job = { ...SPEC.entities.job!, table: { file: 'jobs', key: 'id' } };
    const log = await load({ ...plain, entities: { ...SPEC.entities, job } });
    expect(log.entities.job!.ids).toEqual(['j1', 'j2', 'j3', 'j4']);
  });

  it('of Parquet may gain a column on the way', async () => {
    await placePart('log/a', 'u1,j1,1,1,phone,1\n', 'parquet');
    await place('part.csv', `${HEADER.trim()},place\nu1,j1,2,1,phone,1,top\n`);
    await writeParquet('part.csv', 'log/b.parquet');
    const context = [{ name: 'place', kind: 'categorical' }] as const;
    const log = await load({ interactions: { file: 'log' }, context });
    expect([0, 1].map((row) => tableRecord(log.context, row).place)).toEqual([undefined, 'top']);
  });

  it('counts rejected rows of each file, and of its own files only', async () => {
    await place('jobs.csv', `${JOBS}j4,1,,,too,many\n`);
    await place('log/a.csv', `${HEADER}u1,j1,1,1,,1\nu1,j1\n`);
    await place('log/b.csv', `${HEADER}u1,j1,1,1,,1,1\nu1,j1,2,1,,1\n`);
    const log = await load({ interactions: { file: 'log' }, maxMalformedShare: 0.6 });
    expect(log.report).toMatchObject({ rowsRead: 4, rowsKept: 2 });
    expect(log.report.malformed.map(({ examples }) => examples)).toEqual([
      ['a.csv:3'],
      ['b.csv:2'],
      ['jobs.csv:5'],
    ]);
  });

  it('is refused where its files do not belong together', async () => {
    const interactions = { file: 'log' };
    await mkdir(path.join(folder(), 'log'));
    await expect(load({ interactions })).rejects.toThrow('DATA_EMPTY');
    await place('log/a.csv', `${HEADER}u1,j1,1,1,,1\n`);
    await place('log/b.jsonl', '{}\n');
    await expect(load({ interactions })).rejects.toThrow(/DATA_FORMAT.*csv, jsonl/);
    await rm(path.join(folder(), 'log/b.jsonl'));
    await place('log/b.csv', 'job,member,time,clicked,device,dwell\nj1,u1,1,1,,1\n');
    await expect(load({ interactions })).rejects.toThrow(
      /UNREADABLE.*columns are job, member.*first file member, job.*b\.csv/s,
    );
    await rm(path.join(folder(), 'log/b.csv'));
    await place('log/day=1/c.csv', `${HEADER}u1,j1,1,1,,1\n`);
    await expect(load({ interactions })).rejects.toThrow(/UNREADABLE.*names day.*no column/s);
  });
});
