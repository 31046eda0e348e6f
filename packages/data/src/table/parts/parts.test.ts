import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { InteractionLog, LogParts, PartsRequest } from '@limaml/plugin';
import { testDatasetPlugin } from '@limaml/plugin/testing';
import { simulatorDataset, tableDataset, tableRecord } from '../../index.js';
import type { TableSpec } from '../../index.js';
import { CLICKS, SPEC, tableFolder } from '../table-folder.test-support.js';

const { load, write, writeParquet, folder } = tableFolder();

/** Members b and a with features, c only in the log, d without interactions. */
const LOG = `member,job,time,clicked,device,dwell
b,j1,100,1,phone,1
a,j9,50,0,laptop,2
b,j2,90,0,,
,j1,60,1,phone,3
a,j1,50,1,phone,4
c,j7,70,1,,5
b,j9,100,0,phone,6
`;
const MEMBERS = 'id,level,skills\nd,3,x|y\nb,2,\na,,x\n';
const MEMBER_SPEC: Partial<TableSpec> = {
  interactions: { file: 'log.csv' },
  entities: {
    ...SPEC.entities,
    member: {
      column: 'member',
      table: { file: 'members.csv', key: 'id' },
      features: [
        { name: 'level', kind: 'dense' },
        { name: 'skills', kind: 'multi' },
      ],
    },
  },
};

async function open(
  request: Partial<PartsRequest> = {},
  changes: Partial<TableSpec> = {},
  files: Record<string, string> = {},
): Promise<LogParts> {
  await load(); // writes jobs.csv
  await write('members.csv', MEMBERS);
  await write('log.csv', LOG);
  for (const [name, text] of Object.entries(files)) await write(name, text);
  const dataset = tableDataset({ ...SPEC, ...MEMBER_SPEC, ...changes });
  return (await dataset.openParts!({ path: folder() }, { entity: 'member', ...request }))!;
}

async function readAll(opened: LogParts): Promise<InteractionLog[]> {
  const parts: InteractionLog[] = [];
  for await (const part of opened.parts) parts.push(part);
  await opened.close();
  return parts;
}

/** Where temporary files of these tests go, and no others. */
let temporary = '';
beforeAll(async () => {
  temporary = await mkdtemp(path.join(tmpdir(), 'limaml-temporary-'));
  vi.stubEnv('TMPDIR', temporary);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(temporary, { recursive: true });
});

describe('a table in parts', () => {
  it('has the entities in the order of their ids, with all their interactions in time order', async () => {
    const opened = await open({ entitiesPerPart: 3 });
    expect(opened.entities).toBe(4);
    const [first, second, ...others] = await readAll(opened);
    expect(others).toEqual([]);
    expect(first!.entities.member!.ids).toEqual(['a', 'b', 'c']);
    expect([...first!.refs.member!]).toEqual([0, 0, 1, 1, 1, 2]);
    expect([...first!.timestamp]).toEqual([50, 50, 90, 100, 100, 70].map((time) => time * 1000));
    expect([...first!.label]).toEqual([0, 1, 0, 1, 0, 1]);
    const jobs = first!.entities.job!.ids;
    expect(jobs).toEqual(['j1', 'j2', 'j3', 'j9', 'j7']);
    expect(Array.from(first!.refs.job!, (ref) => jobs[ref])).toEqual([
      ...['j9', 'j1', 'j2', 'j1', 'j9', 'j7'],
    ]);
    expect(second!.entities.job).toBe(first!.entities.job);
    expect(tableRecord(second!.entities.member!.table, 0)).toEqual({
      level: 3,
      skills: ['x', 'y'],
    });
    expect(tableRecord(first!.entities.member!.table, 2)).toEqual({
      level: undefined,
      skills: [],
    });
    expect(second!.rows).toBe(0);
  });

  it('leaves older interactions out', async () => {
    const [part] = await readAll(await open({ newest: 2 }));
    expect([...part!.refs.member!]).toEqual([0, 0, 1, 1, 2]);
    expect([...part!.timestamp].slice(2, 4)).toEqual([100_000, 100_000]);
  });

  it.each(['log.csv', 'log.jsonl', 'log.parquet', 'members.parquet'])(
    'conforms when it lies in %s',
    async (file) => {
      await (await open()).close();
      const lines = LOG.trim().split('\n').slice(1);
      const jsonl = lines.map((line) => {
        const [member, job, time, clicked, device, dwell] = line.split(',');
        return JSON.stringify({ member, job, time, clicked, device, dwell });
      });
      await write('log.jsonl', jsonl.join('\n\n'));
      for (const name of ['log', 'members']) await writeParquet(`${name}.csv`, `${name}.parquet`);
      const { member, ...others } = MEMBER_SPEC.entities!;
      const table = { ...member!.table!, ...(file.startsWith('members') && { file }) };
      const dataset = tableDataset({
        ...SPEC,
        interactions: { file: file.startsWith('log') ? file : 'log.csv' },
        entities: { ...others, member: { ...member!, table } },
      });
      await testDatasetPlugin(dataset, { entity: 'member', path: folder() });
      if (file === 'log.csv') await testDatasetPlugin(dataset, { entity: 'job', path: folder() });
    },
  );

  it('counts malformed rows of all its files, as when it is loaded whole', async () => {
    const files = {
      'log.csv': `${LOG}c,j1,soon,1,phone,1\nc,j1,80,1\n\nb,,80,1,phone,1\n`,
      'members.csv': `${MEMBERS}b,9,\n`,
    };
    const changes = { maxMalformedShare: 0.5 };
    const opened = await open({}, changes, files);
    const whole = await tableDataset({ ...SPEC, ...MEMBER_SPEC, ...changes }).load({
      path: folder(),
    });
    const byReason = ({ report }: Pick<LogParts, 'report'>) => ({
      ...report,
      malformed: report.malformed.toSorted((a, b) => a.reason.localeCompare(b.reason)),
    });
    expect(byReason(opened)).toEqual(byReason(whole));
    expect(opened.report.malformed).toHaveLength(4);
    const [part] = await readAll(opened);
    expect(tableRecord(part!.entities.member!.table, 1)).toMatchObject({ level: 2 });
    await expect(open({}, {}, files)).rejects.toThrow('LIMAML_ERR_DATA_MALFORMED');
  });

  it('refuses what cannot be loaded whole either', async () => {
    await expect(open({}, { label: 'clickd' })).rejects.toThrow(/COLUMN_MISSING.*"clicked"/);
    const header = CLICKS.slice(0, CLICKS.indexOf('\n'));
    await expect(open({}, {}, { 'log.csv': header })).rejects.toThrow('DATA_EMPTY');
  });

  it('leaves no files behind, whatever happens', async () => {
    const opened = await open({ entitiesPerPart: 1 });
    await opened.parts[Symbol.asyncIterator]().next();
    await opened.close();
    await expect(open({}, { label: 'clickd' })).rejects.toThrow();
    const controller = new AbortController();
    const aborted = tableDataset({ ...SPEC, ...MEMBER_SPEC }).openParts!(
      {
        path: folder(),
        signal: controller.signal,
        onProgress: () => {
          controller.abort();
        },
      },
      { entity: 'member' },
    );
    await expect(aborted).rejects.toThrow(/abort/i);
    expect(await readdir(temporary)).toEqual([]);
  });

  it('says where it needs room for temporary files', async () => {
    vi.stubEnv('TMPDIR', path.join(temporary, 'missing'));
    await expect(open()).rejects.toThrow(/LIMAML_ERR_DATA_SORT.*TMPDIR/);
    vi.stubEnv('TMPDIR', temporary);
  });

  it('is not divided by a type that it does not have', async () => {
    const dataset = tableDataset({ ...SPEC, ...MEMBER_SPEC });
    expect(await dataset.openParts!({ path: folder() }, { entity: 'team' })).toBeUndefined();
  });
});

describe('a simulated marketplace in parts', () => {
  it('conforms, and leaves no files behind', async () => {
    const dataset = simulatorDataset({ members: 40, jobs: 20, companies: 5, days: 10 });
    await testDatasetPlugin(dataset, { entity: 'member' });
    expect(await readdir(temporary)).toEqual([]);
  });
});
