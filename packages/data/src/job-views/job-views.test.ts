import { testDatasetPlugin } from '@limaml/plugin/testing';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { jobViewsDataset, tableRecord } from '../index.js';
import type { JobViewsOptions } from '../index.js';

const HEADER =
  '"Applicant.ID","Job.ID","Title","Position","Company","City","State.Name","State.Code","Industry","View.Start","View.End","View.Duration"\n';

/** A view on a day of January 2015. */
const view = (who: number, job: number, day: number, seconds: number | 'NA', company = '"Acme"') =>
  `${who},${job},"t","Night Guard, Night",${company},"Newark","New Jersey","NJ",NA,` +
  `"2015-01-0${day} 10:00:00 UTC",NA,${seconds}\n`;

const FILES = {
  'Job_Views.csv':
    HEADER +
    view(1, 10, 5, 30) +
    view(1, 10, 3, 100) +
    view(1, 20, 7, 'NA') +
    view(2, 20, 4, 10, '"Bolt"') +
    view(2, 30, 6, 60, 'NA') +
    view(3, 10, 8, 40),
  'Positions_Of_Interest.csv':
    'Applicant.ID,Position.Of.Interest,Created.At,Updated.At\n' +
    '1,"Guard ",2015-01-01 00:00:00 UTC,x\n1,Server,2015-01-04 00:00:00 UTC,x\n9,Server,2015-01-01 00:00:00 UTC,x\n',
  'Experience_nodesc.csv':
    'Applicant.ID,Position.Name,Created.At\n2,Clerk,2015-01-01 00:00:00 UTC\n2,NA,2015-01-01 00:00:00 UTC\n',
};

const folders: string[] = [];

async function folderWith(changes: Partial<Record<keyof typeof FILES, string>> = {}) {
  const folder = await mkdtemp(path.join(tmpdir(), 'limaml-job-views-'));
  folders.push(folder);
  for (const [name, text] of Object.entries({ ...FILES, ...changes })) {
    await writeFile(path.join(folder, name), text);
  }
  return folder;
}

afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

const load = async (options: JobViewsOptions = {}, folder?: string) =>
  jobViewsDataset(options).load({ path: folder ?? (await folderWith()) });

describe('jobViewsDataset', () => {
  it.each(['long-dwell', 'sampled-negatives'] as const)('conforms with %s', async (label) => {
    const dataset = jobViewsDataset({ label, negatives: 1 });
    await testDatasetPlugin(dataset, { entity: 'member', path: await folderWith() });
  });

  it('labels views above the median duration, and counts those without one', async () => {
    const log = await load();
    expect([...log.label]).toEqual([0, 1, 0, 1, 0]);
    expect(log.report).toMatchObject({ rowsRead: 6, rowsKept: 5 });
    expect(log.report.malformed).toMatchObject([{ count: 1 }]);
    expect(tableRecord(log.outcomes, 1)).toEqual({ dwell: 100 });
  });

  it('tells how often the member had viewed the job before, in the order of time', async () => {
    const { context } = await load();
    const earlier = [0, 1, 2].map((row) => tableRecord(context, row).earlier_views);
    expect(earlier).toEqual([1, 0, 0]);
    expect(tableRecord(context, 0).hour).toBe('10');
  });

  it('knows of members what they entered before their first view', async () => {
    const { member } = (await load()).entities;
    expect(tableRecord(member!.table, 0)).toEqual({ interests: ['guard'], positions_held: 0 });
    expect(tableRecord(member!.table, 1)).toEqual({ interests: [], positions_held: 1 });
  });

  it('describes jobs and companies by their first view', async () => {
    const { entities, refs } = await load();
    expect(entities.company!.ids).toEqual(['Acme', 'Bolt']);
    expect(tableRecord(entities.job!.table, 0)).toEqual({
      ...{ words: ['night', 'guard'], city: 'Newark', state: 'NJ', industry: undefined },
    });
    // Job 30 names no company; job 20 did so first as one of Bolt.
    expect([...refs.company!]).toEqual([0, 0, 1, -1, 0]);
  });

  it('draws jobs that the member did not view, at the time of the view, by seed', async () => {
    const options = { label: 'sampled-negatives', negatives: 1, negativeDays: 30 } as const;
    const folder = await folderWith();
    const log = await load(options, folder);
    const viewed = new Map([
      [0, [0, 1]],
      [1, [1, 2]],
      [2, [0]],
    ]);
    log.label.forEach((label, row) => {
      const own = viewed.get(log.refs.member![row]!)!;
      expect(own.includes(log.refs.job![row]!)).toBe(label === 1);
      if (label === 0) expect(log.timestamp[row]).toBe(log.timestamp[row - 1]);
    });
    expect(log.label.filter((label) => label === 1)).toHaveLength(5);
    expect(log.context.columns).not.toHaveProperty('earlier_views');
    expect((await load(options, folder)).refs.job).toEqual(log.refs.job);
  });

  it('says what is wrong with files and options', async () => {
    const views = FILES['Job_Views.csv'];
    await expect(load({}, '/nowhere')).rejects.toThrow('LIMAML_ERR_DATA_FILE_MISSING');
    await expect(jobViewsDataset().load({ path: undefined })).rejects.toThrow('PATH_MISSING');
    const renamed = { 'Job_Views.csv': views.replace('Company', 'Firm') };
    await expect(load({}, await folderWith(renamed))).rejects.toThrow(
      /COLUMN_MISSING.*"Company".*Industry/s,
    );
    const broken = { 'Job_Views.csv': views.replace('2015-01-05', 'soon') };
    await expect(load({}, await folderWith(broken))).rejects.toThrow(/MALFORMED.*Job_Views.csv:2/s);
    const empty = { 'Job_Views.csv': HEADER };
    await expect(load({}, await folderWith(empty))).rejects.toThrow('LIMAML_ERR_DATA_EMPTY');
    expect(() => jobViewsDataset({ negatives: 0 })).toThrow(/DATA_OPTION.*negatives/s);
    expect(() => jobViewsDataset({ label: 'dwell' as never })).toThrow(/DATA_OPTION.*long-dwell/s);
  });
});

const real = path.join(process.env.LIMAML_DATA ?? '', 'job-views');

describe.skipIf(!existsSync(real))('the files themselves (LIMAML_DATA)', () => {
  it('give about as many long views as short ones', async () => {
    const log = await load({}, real);
    expect(log.rows).toBe(10_575);
    expect(log.label.reduce((sum, label) => sum + label, 0) / log.rows).toBeCloseTo(0.496, 3);
    expect(log.entities.member!.ids).toHaveLength(3448);
    expect(log.entities.job!.ids).toHaveLength(7047);
  });
});
