import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTableSpec, tableRecord } from '../index.js';
import { CLICKS, SPEC, tableFolder } from './table-folder.test-support.js';

const { load, write, writeParquet } = tableFolder();

describe('tableDataset', () => {
  it('reads CSV with a side table', async () => {
    const log = await load();
    expect([...log.label]).toEqual([1, 0, 1]);
    expect([...log.timestamp]).toEqual([100_000, 200_000, 300_000]);
    expect(log.entities.member!.ids).toEqual(['u1']);
    expect([...log.refs.member!]).toEqual([0, 0, -1]);
    const job = log.entities.job!;
    expect(job.ids).toEqual(['j1', 'j2', 'j3', 'j9']);
    expect([...log.refs.job!]).toEqual([0, 1, 3]);
    expect(tableRecord(job.table, 0)).toEqual({ salary: 50, skills: ['a', 'b'], city: 'Rome' });
    // An empty row of the side table, and an id that it does not have.
    for (const row of [1, 3])
      expect(tableRecord(job.table, row)).toEqual({
        salary: undefined,
        skills: [],
        city: undefined,
      });
    expect(tableRecord(log.context, 2)).toEqual({ device: 'lap"top, new' });
    expect(tableRecord(log.outcomes, 0)).toEqual({ dwell: 3.5 });
    expect(tableRecord(log.outcomes, 1)).toEqual({ dwell: undefined });
    expect(log.report).toEqual({ rowsRead: 3, rowsKept: 3, malformed: [] });
  });

  it('reads the same log from JSON lines, Parquet, TSV and gzip', async () => {
    const expected = await load();
    const lines = [
      { member: 'u1', job: 'j1', time: 100, clicked: 1, device: 'phone', dwell: 3.5 },
      { member: 'u1', job: 'j2', time: 200, clicked: 0 },
      { job: 'j9', time: 300, clicked: true, device: 'lap"top, new', dwell: 0 },
    ].map((line) => JSON.stringify(line));
    await write('clicks.jsonl', `${lines[0]}\n\n${lines.slice(1).join('\n')}`);
    await write('clicks.csv.gz', gzipSync(CLICKS));
    await write(
      'clicks.tsv',
      CLICKS.replace('"lap""top, new"', '@').replaceAll(',', '\t').replace('@', '"lap""top, new"'),
    );
    await writeParquet('clicks.csv', 'clicks.parquet');
    for (const file of ['clicks.jsonl', 'clicks.csv.gz', 'clicks.tsv', 'clicks.parquet']) {
      expect([file, await load({ interactions: { file } })]).toEqual([file, expected]);
    }
  });

  it('reads lists from Parquet and JSON arrays as from separated text', async () => {
    const expected = await load();
    const select = "* REPLACE (string_split(skills, '|') AS skills)";
    await writeParquet('jobs.csv', 'jobs.parquet', select);
    const jobs = [
      { id: 'j1', salary: 50, skills: ['a', 'b'], city: 'Rome' },
      { id: 'j2' },
      { id: 'j3', salary: '70', skills: 'b', city: 'Rome' },
    ];
    await write('jobs.jsonl', jobs.map((job) => JSON.stringify(job)).join('\n'));
    for (const file of ['jobs.parquet', 'jobs.jsonl']) {
      const job = { ...SPEC.entities.job!, table: { file, key: 'id' } };
      const log = await load({ entities: { ...SPEC.entities, job } });
      expect([file, log.entities]).toEqual([file, expected.entities]);
    }
  });

  it('reads times in milliseconds and as ISO 8601, in UTC', async () => {
    const times =
      'member,job,time,clicked\nu,j,2024-01-02T03:04:05Z,1\nu,j,2024-01-02 03:04:05.5,0\nu,j,2024-01-02T03:04:05+02:00,0\nu,j,2024-01-02,0\n';
    const timestamp = { column: 'time', unit: 'iso' } as const;
    const plain = { interactions: { file: 'times.csv' }, context: [], outcomes: [] };
    const log = await load({ ...plain, timestamp }, { 'times.csv': times });
    const utc = Date.UTC(2024, 0, 2, 3, 4, 5);
    expect([...log.timestamp]).toEqual([utc, utc + 500, utc - 7_200_000, Date.UTC(2024, 0, 2)]);
    await writeParquet(
      'times.csv',
      'times.parquet',
      '* REPLACE (CAST(time AS TIMESTAMPTZ) AS time)',
    );
    const typed = await load({ ...plain, interactions: { file: 'times.parquet' }, timestamp });
    expect([...typed.timestamp]).toEqual([...log.timestamp]);
    const milliseconds = await load({ timestamp: { column: 'time', unit: 'milliseconds' } });
    expect([...milliseconds.timestamp]).toEqual([100, 200, 300]);
  });

  it('makes labels by rule, and takes numbers when told to', async () => {
    expect([...(await load({ label: 'dwell >= 3', maxMalformedShare: 1 })).label]).toEqual([1, 0]);
    const label = { column: 'time', type: 'number' } as const;
    expect([...(await load({ label })).label]).toEqual([100, 200, 300]);
    expect([...(await load({ label: 'time - 150' })).label]).toEqual([-50, 50, 150]);
    await expect(load({ label: 'time' })).rejects.toThrow(/neither 0 nor 1: 3 \(clicks\.csv:2, /);
  });

  it('reads a column once for two features, and quotes every name', async () => {
    const name = `a "b" 'c'; drop`;
    const header = `member,job,time,clicked,"${name.replaceAll('"', '""')}"`;
    const features = [
      { name: 'number', column: name, kind: 'dense' },
      { name: 'value', column: name, kind: 'categorical' },
    ] as const;
    const changes = { context: [], outcomes: features };
    const files = {
      'odd.csv': `${header}\nu,j,1,1,4\n`,
      'odd.jsonl': JSON.stringify({ member: 'u', job: 'j', time: 1, clicked: 1, [name]: 4 }),
    };
    for (const file of Object.keys(files)) {
      const log = await load({ ...changes, interactions: { file } }, files);
      expect(tableRecord(log.outcomes, 0)).toEqual({ [name]: 4 });
    }
  });

  it('gives back any text, whatever its characters', async () => {
    const texts = fc.array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }), {
      minLength: 1,
      maxLength: 8,
    });
    await fc.assert(
      fc.asyncProperty(texts, async (devices) => {
        // NUL and lone line ends within quotes are beyond CSV; no control character is worth a test.
        const clean = devices.map((text) => text.replaceAll(/[\p{Cc}]/gu, '_'));
        const quoted = clean.map((text) => `u,j,1,1,"${text.replaceAll('"', '""')}",0`);
        const csv = `member,job,time,clicked,device,dwell\n${quoted.join('\n')}\n`;
        const lines = clean.map((device) =>
          JSON.stringify({ member: 'u', job: 'j', time: 1, clicked: 1, device, dwell: 0 }),
        );
        const files = { 'any.csv': csv, 'any.jsonl': lines.join('\n') };
        for (const file of Object.keys(files)) {
          const log = await load({ interactions: { file } }, files);
          expect(clean.map((_, row) => tableRecord(log.context, row).device)).toEqual(clean);
        }
      }),
      { seed: 2, numRuns: 15 },
    );
  });
});

describe('table specs', () => {
  it('are checked as a whole', () => {
    const parse = (changes: object) => () => parseTableSpec({ ...SPEC, ...changes });
    expect(parse({})()).toEqual(SPEC);
    expect(parse({ candiate: 'job' })).toThrow('Did you mean "candidate"');
    expect(parse({ timestamp: { column: 'time', unit: 's' } })).toThrow(/DATA_SPEC.*unit/);
    expect(parse({ timestamp: { column: 'time', unit: 'iso', zone: 1 } })).toThrow(
      /SPEC_KEY.*"timestamp"/,
    );
    expect(parse({ candidate: 'movie' })).toThrow(/DATA_SPEC.*"movie" is not one of/);
    expect(parse({ label: 'rating >=' })).toThrow('LABEL_RULE');
    expect(parse({ context: [{ name: 'x', kind: 'number' }] })).toThrow('DATA_SPEC');
    const features = [{ name: 'x', kind: 'dense' }];
    expect(parse({ entities: { job: { column: 'job', features } } })).toThrow(/side table/);
    expect(() => parseTableSpec('x')).toThrow('DATA_SPEC');
  });
});
