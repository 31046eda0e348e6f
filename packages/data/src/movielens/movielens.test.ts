import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { testDatasetPlugin } from '@limaml/plugin/testing';
import { movieLensDataset, tableRecord } from '../index.js';
import type { MovieLensOptions } from '../index.js';

const folders: string[] = [];

async function folderWith(files: Record<string, string>, below = ''): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'limaml-movielens-'));
  folders.push(folder);
  await mkdir(path.join(folder, below), { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    await writeFile(path.join(folder, below, name), Buffer.from(text, 'latin1'));
  }
  return folder;
}

afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

const ML_1M = {
  'ratings.dat': '1::10::5::978300760\n1::20::3::978300760\n2::10::4::978300000\n',
  'users.dat': '1::F::1::10::48067\n2::M::56::16::K1A 0\n',
  'movies.dat': "10::Amélie (2001)::Comedy|Romance\n20::Old One (1934)::Children's\n",
};
const ML_100K = {
  'u.data': '1\t10\t5\t881250949\n2\t20\t1\t881250950\n',
  'u.user': '1|24|M|technician|85711\n2|53|F|other|94043\n',
  'u.item':
    '10|Toy Story (1995)|01-Jan-1995||url|0|0|0|1|1|1|0|0|0|0|0|0|0|0|0|0|0|0|0\n' +
    '20|unknown|||url|1|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0\n',
};

const load = (folder: string | undefined, options: MovieLensOptions = {}) =>
  movieLensDataset(options).load({ path: folder });

describe('movieLensDataset', () => {
  it.each([ML_1M, ML_100K])('conforms', async (files) => {
    const path = await folderWith(files);
    await testDatasetPlugin(movieLensDataset(), { entity: 'member', path });
  });

  it('reads the files of ML-1M in file order', async () => {
    const log = await load(await folderWith(ML_1M));
    expect([...log.label]).toEqual([1, 0, 1]);
    expect([...log.timestamp]).toEqual([978300760000, 978300760000, 978300000000]);
    expect([...log.refs.movie!]).toEqual([0, 1, 0]);
    const { member, movie } = log.entities;
    expect(member!.ids).toEqual(['1', '2']);
    expect(tableRecord(member!.table, 0)).toEqual({
      gender: 'F',
      age: '1',
      occupation: '10',
      region: '4',
    });
    expect(tableRecord(member!.table, 1).region).toBeUndefined();
    expect(tableRecord(movie!.table, 0)).toMatchObject({
      genres: ['Comedy', 'Romance'],
      year: 2001,
      period: '2001',
    });
    expect(tableRecord(movie!.table, 1)).toMatchObject({ year: 1934, period: '1930s' });
    expect(tableRecord(log.outcomes, 1)).toEqual({ rating: 3 });
    expect(log.report).toEqual({ rowsRead: 3, rowsKept: 3, malformed: [] });
  });

  it('reads the files of ML-100K', async () => {
    const log = await load(await folderWith(ML_100K));
    expect([...log.label]).toEqual([1, 0]);
    const { member, movie } = log.entities;
    expect(tableRecord(member!.table, 0)).toEqual({
      gender: 'M',
      age: '18',
      occupation: 'technician',
      region: '8',
    });
    expect(tableRecord(movie!.table, 0).genres).toEqual(['Animation', "Children's", 'Comedy']);
    expect(tableRecord(movie!.table, 1)).toMatchObject({ genres: ['unknown'], year: undefined });
  });

  it('finds the files in a folder below, reads directors, and takes Windows line ends', async () => {
    const windows = Object.fromEntries(
      Object.entries(ML_1M).map(([name, text]) => [name, text.replaceAll('\n', '\r\n')]),
    );
    const extra = {
      'movies_extrainfos.dat':
        '10::Amélie::2001::R::x::Comedy::Jean Someone, Other::w\n20::Old::1934::N/A::x::x::N/A::w\n',
    };
    const log = await load(await folderWith({ ...windows, ...extra }, 'ml-1m'));
    const movie = log.entities.movie!;
    expect(movie.features.map(({ name }) => name)).toContain('director');
    expect(tableRecord(movie.table, 0).director).toBe('Jean Someone');
    expect(tableRecord(movie.table, 1).director).toBeUndefined();
    expect(log.rows).toBe(3);
  });

  it('makes the label by rule', async () => {
    const folder = await folderWith(ML_1M);
    expect([...(await load(folder, { labelRule: 'rating > 4' })).label]).toEqual([1, 0, 0]);
    expect([...(await load(folder, { labelRule: 'rating' })).label]).toEqual([5, 3, 4]);
    const centred = await load(folder, { labelRule: 'rating - 3.5' });
    expect([...centred.label]).toEqual([1.5, -0.5, 0.5]);
    expect(() => movieLensDataset({ labelRule: 'rating >>= 4' })).toThrow('LABEL_RULE');
    expect(() => movieLensDataset({ labelRule: 'stars >= 4' })).toThrow('LIMAML_ERR_DATA_OPTION');
  });

  it('can have members as candidates of movies', async () => {
    const folder = await folderWith(ML_1M);
    const log = await load(folder, { candidate: 'member' });
    expect([log.candidate, (await load(folder)).candidate]).toEqual(['member', 'movie']);
    const movies = movieLensDataset({ candidate: 'member' });
    await testDatasetPlugin(movies, { entity: 'movie', path: folder });
    const user = { candidate: 'user' } as unknown as MovieLensOptions;
    expect(() => movieLensDataset(user)).toThrow(/DATA_OPTION.*"movie" or "member"/);
  });

  it('counts malformed lines with file and line, up to a limit', async () => {
    const ratings = `${ML_1M['ratings.dat']}1::10::x::978300760\n\n9::10::4::978300000\n1::10::5\n`;
    const folder = await folderWith({ ...ML_1M, 'ratings.dat': ratings });
    const log = await load(folder, { maxMalformedShare: 0.5 });
    expect(log.report).toEqual({
      rowsRead: 6,
      rowsKept: 3,
      malformed: [
        { reason: 'malformed rating', count: 2, examples: ['ratings.dat:4', 'ratings.dat:7'] },
        { reason: 'unknown member or movie', count: 1, examples: ['ratings.dat:6'] },
      ],
    });
    await expect(load(folder)).rejects.toThrow(/LIMAML_ERR_DATA_MALFORMED.*ratings\.dat:4/s);
    await expect(load(folder, { maxMalformedShare: 1, maxMalformed: 2 })).rejects.toThrow(
      'MALFORMED',
    );
  });

  it('holds each file to the limit on its own', async () => {
    const files = { ...ML_1M, 'users.dat': `${ML_1M['users.dat']}3,M,56,16,1\n` };
    const log = await load(await folderWith(files), { maxMalformedShare: 0.5 });
    expect(log.report).toMatchObject({
      rowsRead: 3,
      malformed: [{ reason: 'malformed record', count: 1, examples: ['users.dat:3'] }],
    });
    await expect(load(await folderWith(files))).rejects.toThrow(
      /LIMAML_ERR_DATA_MALFORMED: 1 of 3 rows.*users\.dat:3/,
    );
  });

  it('takes ratings from 1 to 5 only', async () => {
    const ratings = `${ML_1M['ratings.dat']}2::20::0::978300000\n2::20::93::978300000\n`;
    const log = await load(await folderWith({ ...ML_1M, 'ratings.dat': ratings }), {
      maxMalformedShare: 0.5,
    });
    expect(log.report.malformed).toEqual([
      { reason: 'rating outside 1 to 5', count: 2, examples: ['ratings.dat:4', 'ratings.dat:5'] },
    ]);
  });

  it.each(Object.keys(ML_1M))('notices that %s was cut off, even within a number', async (name) => {
    const cut = ML_1M[name as keyof typeof ML_1M].slice(0, -2);
    await expect(load(await folderWith({ ...ML_1M, [name]: cut }))).rejects.toThrow(
      new RegExp(`LIMAML_ERR_DATA_UNREADABLE.*cut off.*${name}`),
    );
  });

  it('reads directors whenever their file is there', async () => {
    const folder = await folderWith(ML_1M);
    await mkdir(path.join(folder, 'movies_extrainfos.dat'));
    await expect(load(folder)).rejects.toThrow(/FILE_MISSING.*movies_extrainfos/);
  });

  it('says what is missing', async () => {
    const without = { 'ratings.dat': ML_1M['ratings.dat'], 'movies.dat': ML_1M['movies.dat'] };
    await expect(load(undefined)).rejects.toThrow('LIMAML_ERR_DATA_PATH_MISSING');
    await expect(load(await folderWith({}))).rejects.toThrow('LIMAML_ERR_DATA_MOVIELENS_NOT_FOUND');
    await expect(load(await folderWith(without))).rejects.toThrow(/FILE_MISSING.*users\.dat/);
    await expect(load(await folderWith({ ...ML_1M, 'ratings.dat': '\n' }))).rejects.toThrow(
      'DATA_EMPTY',
    );
  });
});

const data = process.env.LIMAML_DATA;

/** Why the files of one data set cannot be tested on, or false. Told, because reports only count what is skipped. */
function missing(folder: string): string | false {
  const isThere = data !== undefined && existsSync(path.join(data, folder));
  if (isThere) return false;
  const reason =
    data === undefined ? 'LIMAML_DATA names no folder' : `${folder} is not in LIMAML_DATA`;
  console.info(`The real ${folder} is not tested: ${reason}`);
  return reason;
}

describe('the real MovieLens files', () => {
  it.skipIf(missing('ml-1m'))('ML-1M loads whole', async () => {
    const log = await load(path.join(data!, 'ml-1m'));
    expect([log.rows, log.entities.member!.ids.length, log.entities.movie!.ids.length]).toEqual([
      1_000_209, 6040, 3883,
    ]);
    expect(log.label.reduce((sum, label) => sum + label, 0)).toBe(575_281);
  });

  it.skipIf(missing('ml-100k'))('ML-100K loads whole', async () => {
    const log = await load(path.join(data!, 'ml-100k'));
    expect([log.rows, log.entities.member!.ids.length, log.entities.movie!.ids.length]).toEqual([
      100_000, 943, 1682,
    ]);
  });
});
