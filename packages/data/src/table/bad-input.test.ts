import { readFile, truncate } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { tableDataset, tableRecord } from '../index.js';
import { CLICKS, JOBS, SPEC, tableFolder } from './table-folder.test-support.js';

const { load, write, writeParquet, folder } = tableFolder();

describe('malformed rows', () => {
  const bad = `${CLICKS}u1,j1,soon,1,phone,1
u1,j1,400,maybe,phone,1
u1,"j
1",500,1,phone,nan
u1,,600,1,phone,1

u1,j1,700,1
u1,j1,800,1,phone,1,2
u1,j1,900,1,phone,inf
`;
  it('are counted with file and line, and the rest is kept', async () => {
    const log = await load(
      { interactions: { file: 'bad.csv' }, maxMalformedShare: 1 },
      { 'bad.csv': bad },
    );
    expect(log.rows).toBe(3);
    const counts = Object.fromEntries(
      log.report.malformed.map(({ reason, examples }) => [reason, examples]),
    );
    expect(counts).toEqual({
      'column "time" is no time in seconds': ['bad.csv:5'],
      'label "clicked" is not a number': ['bad.csv:6'],
      'column "dwell" is not a finite number': ['bad.csv:7', 'bad.csv:13'],
      'column "job" is empty': ['bad.csv:9'],
      'missing columns': ['bad.csv:11'],
      'too many columns': ['bad.csv:12'],
    });
    expect(log.report).toMatchObject({ rowsRead: 10, rowsKept: 3 });
  });

  it('stop the run beyond the limit', async () => {
    const files = { 'bad.csv': bad };
    const interactions = { file: 'bad.csv' };
    await expect(load({ interactions }, files)).rejects.toThrow(
      /LIMAML_ERR_DATA_MALFORMED: 7 of 10 rows/,
    );
    await expect(
      load({ interactions, maxMalformedShare: 1, maxMalformed: 6 }, files),
    ).rejects.toThrow('MALFORMED');
    await expect(load({ interactions, maxMalformedShare: 0.7 }, files)).resolves.toMatchObject({
      rows: 3,
    });
  });

  it('are found in JSON lines and Parquet too', async () => {
    const lines = [
      JSON.stringify({ member: 'u', job: 'j', time: 1, clicked: 1, device: 'p', dwell: 1 }),
      '{"member":',
      'null',
    ];
    const log = await load(
      { interactions: { file: 'bad.jsonl' }, maxMalformedShare: 1 },
      { 'bad.jsonl': lines.join('\n') },
    );
    expect(log.report.malformed.map(({ examples }) => examples)).toEqual([
      ['bad.jsonl:2'],
      ['bad.jsonl:3'],
    ]);
    await writeParquet('clicks.csv', 'nan.parquet', "* REPLACE ('NaN'::DOUBLE AS dwell)");
    await expect(load({ interactions: { file: 'nan.parquet' } })).rejects.toThrow(
      /not a finite number: 3 \(nan\.parquet, row 1/,
    );
  });

  it('include keys that a side table repeats', async () => {
    const log = await load({ maxMalformedShare: 0.5 }, { 'jobs.csv': `${JOBS}j1,99,,\n` });
    expect(log.report.malformed).toEqual([
      { reason: 'key "id" repeated', count: 1, examples: ['jobs.csv:5'] },
    ]);
    expect(tableRecord(log.entities.job!.table, 0).salary).toBe(50);
  });
});

describe('files that cannot be read', () => {
  const interactions = (file: string) => ({ interactions: { file } });

  it('are missing, of no known format, or empty', async () => {
    await expect(load(interactions('none.csv'))).rejects.toThrow(/FILE_MISSING.*none\.csv/);
    await expect(load(interactions('.'))).rejects.toThrow(/DATA_FORMAT.*different formats/);
    await expect(load(interactions('clicks.xls'), { 'clicks.xls': 'x' })).rejects.toThrow(
      'LIMAML_ERR_DATA_FORMAT',
    );
    await expect(load(interactions('empty.csv'), { 'empty.csv': '' })).rejects.toThrow(
      'DATA_EMPTY',
    );
    const headerOnly = { 'header.csv': CLICKS.split('\n')[0]! };
    await expect(load(interactions('header.csv'), headerOnly)).rejects.toThrow('DATA_EMPTY');
    await expect(load(interactions('empty.jsonl'), { 'empty.jsonl': '' })).rejects.toThrow(
      'DATA_EMPTY',
    );
  });

  it('lack a column', async () => {
    await expect(load({ label: 'clickd' })).rejects.toThrow(
      /COLUMN_MISSING.*Did you mean "clicked"/,
    );
    await write(
      'one.jsonl',
      JSON.stringify({ member: 'u', job: 'j', time: 1, device: 'p', dwell: 1 }),
    );
    await expect(load(interactions('one.jsonl'))).rejects.toThrow(/COLUMN_MISSING.*"clicked"/);
  });

  it('are cut off or corrupt', async () => {
    await load();
    await writeParquet('clicks.csv', 'cut.parquet');
    const file = path.join(folder(), 'cut.parquet');
    const { length } = await readFile(file);
    await truncate(file, length - 20);
    await expect(load(interactions('cut.parquet'))).rejects.toThrow(/UNREADABLE.*cut\.parquet/);
    await write(
      'noise.parquet',
      Uint8Array.from({ length: 500 }, (_, at) => (at * 37) % 251),
    );
    await expect(load(interactions('noise.parquet'))).rejects.toThrow('UNREADABLE');
    const half = gzipSync(CLICKS.repeat(1000)).subarray(0, 100);
    await expect(load(interactions('cut.csv.gz'), { 'cut.csv.gz': half })).rejects.toThrow(
      /LIMAML_ERR_DATA/,
    );
    const noise = Uint8Array.from({ length: 4000 }, (_, at) => (at * 7919) % 256);
    await expect(load(interactions('noise.csv'), { 'noise.csv': noise })).rejects.toThrow(
      /LIMAML_ERR_DATA/,
    );
    // A CSV cut within a row loses that row and says so.
    const cut = CLICKS.slice(0, CLICKS.indexOf('j2') + 4);
    const log = await load(
      { ...interactions('cut.csv'), maxMalformedShare: 0.5 },
      { 'cut.csv': cut },
    );
    expect(log.report).toMatchObject({
      rowsKept: 1,
      malformed: [{ reason: 'missing columns', examples: ['cut.csv:3'] }],
    });
  });

  it.each(['csv', 'jsonl'])(
    'are gzip files of %s without their end, or with a wrong checksum',
    async (format) => {
      const line = JSON.stringify({
        member: 'u',
        job: 'j',
        time: 1,
        clicked: 1,
        device: 'p',
        dwell: 1,
      });
      const text = format === 'csv' ? CLICKS : `${line}\n`;
      const whole = gzipSync(text);
      const name = `clicks.${format}.gz`;
      const read = (bytes: Uint8Array) => load(interactions(name), { [name]: bytes });
      await expect(read(whole)).resolves.toMatchObject({
        rows: text.trim().split('\n').length - Number(format === 'csv'),
      });
      // All records are there, so DuckDB reads the file without a complaint.
      for (const missing of [1, 4, 8]) {
        await expect(read(whole.subarray(0, -missing))).rejects.toThrow(/DATA_UNREADABLE.*\.gz/);
      }
      const otherChecksum = Uint8Array.from(whole);
      otherChecksum[whole.length - 6]! ^= 1;
      await expect(read(otherChecksum)).rejects.toThrow(/DATA_UNREADABLE: .*incorrect data check/);
      // Two members are one file.
      await expect(
        read(Buffer.concat([whole, gzipSync(format === 'csv' ? 'u,j,9,1,,1\n' : text)])),
      ).resolves.toBeDefined();
    },
  );

  it('have labels of another type in every line', async () => {
    const line = { member: 'u', job: 'j', time: 1, clicked: 'yes', device: 'p', dwell: 1 };
    await write('yes.jsonl', `${JSON.stringify(line)}\n{"clicked":`);
    await expect(load(interactions('yes.jsonl'))).rejects.toThrow(
      /DATA_MALFORMED: 2 of 2 rows.*label "clicked" is not a number: 1 \(yes\.jsonl:1\)/,
    );
  });

  it('have a header that is noise, which the message cuts short', async () => {
    const names = Array.from({ length: 100 }, (_, at) => `${at}${'x'.repeat(500)}`);
    await write('names.csv', `${names.join(',')}\n`);
    const failure = await load(interactions('names.csv')).then(
      () => '',
      (error: unknown) => (error as Error).message,
    );
    expect(failure).toMatch(/COLUMN_MISSING.*and 60 more/);
    expect(failure.length).toBeLessThan(4000);
  });

  it('can be given up', async () => {
    const signal = AbortSignal.abort();
    await load();
    await expect(tableDataset(SPEC).load({ path: folder(), signal })).rejects.toThrow(/abort/i);
  });
});
