import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { downloadDataset, PUBLIC_DATASETS, publicDataset } from '../index.js';
import type { DownloadOptions, PublicDataset } from '../index.js';
import {
  archiveOf,
  breakOff,
  fallSilent,
  publish,
  publishedAs,
  sendFile,
  sendWhole,
  sha256,
} from './published.test-support.js';
import type { Answer, Publisher } from './published.test-support.js';

const TEXT = '1,2,5\n'.repeat(20_000);
const ARCHIVE = archiveOf({ 'tiny/ratings.txt': TEXT, 'tiny/notes/README': 'x', other: 'y' });

let to: string;
let publisher: Publisher | undefined;

beforeEach(async () => {
  to = await mkdtemp(path.join(tmpdir(), 'limaml-download-'));
});

afterEach(async () => {
  await publisher?.close();
  publisher = undefined;
  await rm(to, { recursive: true });
});

/** The set as a server publishes it that gives these answers. */
async function served(...answers: readonly Answer[]): Promise<PublicDataset> {
  publisher = await publish(...answers);
  return publishedAs(ARCHIVE, { url: publisher.url });
}

const get = (dataset: PublicDataset, options: Partial<DownloadOptions> = {}) =>
  downloadDataset(dataset, { to, licenceAccepted: true, ...options });

const partial = () => path.join(to, 'tiny.zip.partial');
const read = () => readFile(path.join(to, 'tiny/ratings.txt'), 'utf8');

describe('downloadDataset', () => {
  it('fetches, verifies and unpacks, and finds its files the next time', async () => {
    const dataset = await served(sendFile(ARCHIVE));
    const told: number[] = [];
    const onBytes = (done: number) => told.push(done);
    const folder = path.join(to, 'tiny');
    expect(await get(dataset, { onBytes })).toEqual({ folder, source: 'fetched' });
    expect(await read()).toBe(TEXT);
    expect(told).toEqual([...told].sort((a, b) => a - b));
    expect(told.at(-1)).toBe(ARCHIVE.length);
    expect((await readdir(folder)).sort()).toEqual(['notes', 'ratings.txt']);
    expect(await readdir(to)).toEqual(['tiny']);
    expect((await get(dataset, { licenceAccepted: false })).source).toBe('there');
    expect(publisher!.ranges).toHaveLength(1);
  });

  it('asks for nothing before the licence is accepted', async () => {
    const dataset = await served(sendFile(ARCHIVE));
    await expect(get(dataset, { licenceAccepted: false })).rejects.toThrow(
      /DATA_LICENCE.*--accept-licence/s,
    );
    expect(publisher!.ranges).toEqual([]);
    expect(await readdir(to)).toEqual([]);
  });

  it('goes on where a broken connection stopped', async () => {
    const dataset = await served(breakOff(ARCHIVE, 50_000, partial()), sendFile(ARCHIVE));
    await expect(get(dataset)).rejects.toThrow(/DATA_DOWNLOAD.*goes on where it stopped/s);
    expect((await stat(partial())).size).toBe(50_000);
    await get(dataset);
    expect(publisher!.ranges).toEqual([undefined, 'bytes=50000-']);
    expect(await read()).toBe(TEXT);
  });

  it('begins again where the server cannot go on, or what is there is too long', async () => {
    const dataset = await served(breakOff(ARCHIVE, 50_000, partial()), sendWhole(ARCHIVE));
    await expect(get(dataset)).rejects.toThrow('DATA_DOWNLOAD');
    await get(dataset);
    expect(await read()).toBe(TEXT);
    await rm(path.join(to, 'tiny'), { recursive: true });
    await writeFile(partial(), Buffer.alloc(ARCHIVE.length + 1));
    await get(dataset);
    expect(publisher!.ranges.at(-1)).toBeUndefined();
  });

  it('can be given up, and keeps what is there', async () => {
    const dataset = await served(fallSilent(ARCHIVE, 50_000), sendFile(ARCHIVE));
    const controller = new AbortController();
    const onBytes = (done: number) => {
      if (done >= 50_000) controller.abort();
    };
    await expect(get(dataset, { onBytes, signal: controller.signal })).rejects.toThrow(/abort/i);
    expect(await readdir(to)).toEqual(['tiny.zip.partial']);
    await get(dataset);
    expect(await read()).toBe(TEXT);
  });

  it('unpacks nothing that is not the published file, and keeps none of it', async () => {
    const other = Buffer.from(ARCHIVE);
    other[1000]! ^= 1;
    await expect(get(await served(sendFile(other)))).rejects.toThrow(
      new RegExp(`DATA_CHECKSUM.*sha256 ${sha256(other)}.*sha256 ${sha256(ARCHIVE)}`, 's'),
    );
    expect(await readdir(to)).toEqual([]);
  });

  it('says what the server answered', async () => {
    const notFound: Answer = (_, response) => response.writeHead(404).end();
    await expect(get(await served(notFound))).rejects.toThrow(/DOWNLOAD.*404 Not Found/);
    await publisher!.close();
    await expect(get(await served(sendFile(ARCHIVE.subarray(1))))).rejects.toThrow(
      /the connection ended after \d+ of \d+ bytes/,
    );
    await publisher!.close();
    await rm(partial());
    await expect(get(await served(sendFile(Buffer.concat([ARCHIVE, ARCHIVE]))))).rejects.toThrow(
      /sends more than/,
    );
    await publisher!.close();
    await expect(get(publishedAs(ARCHIVE, { url: publisher!.url }))).rejects.toThrow(
      /DOWNLOAD.*fetch failed: .*--from/s,
    );
  });

  it('leaves a folder with something else alone, unless told', async () => {
    const dataset = await served(sendFile(ARCHIVE));
    await mkdir(path.join(to, 'tiny'));
    await writeFile(path.join(to, 'tiny/mine'), 'x');
    await expect(get(dataset)).rejects.toThrow('DATA_FOLDER_TAKEN');
    expect(await readdir(path.join(to, 'tiny'))).toEqual(['mine']);
    await get(dataset, { overwrite: true });
    expect(await readdir(path.join(to, 'tiny'))).not.toContain('mine');
  });
});

describe('downloadDataset without a network', () => {
  const files = [{ path: 'ratings.txt', checksums: { sha256: sha256(TEXT) } }];
  const dataset = publishedAs(ARCHIVE, { files });

  it('takes the archive, which must be the published one', async () => {
    const from = path.join(to, 'from.zip');
    await writeFile(from, ARCHIVE);
    expect((await get(dataset, { from })).source).toBe('local');
    expect(await read()).toBe(TEXT);
    expect(await readFile(from)).toEqual(ARCHIVE);
    await writeFile(from, 'no zip');
    await rm(path.join(to, 'tiny'), { recursive: true });
    await expect(get(dataset, { from })).rejects.toThrow(/DATA_CHECKSUM.*6 bytes/);
    await expect(get(dataset, { from: `${from}x` })).rejects.toThrow('FILE_MISSING');
  });

  it('takes a folder of the files, and looks at their checksums', async () => {
    const from = path.join(to, 'from');
    await mkdir(from);
    await expect(get(dataset, { from })).rejects.toThrow(/FILE_MISSING.*ratings\.txt/);
    await writeFile(path.join(from, 'ratings.txt'), `${TEXT}1,2,3\n`);
    await expect(get(dataset, { from })).rejects.toThrow(/CHECKSUM.*ratings\.txt/s);
    await writeFile(path.join(from, 'ratings.txt'), TEXT);
    expect((await get(dataset, { from })).source).toBe('local');
    expect(await read()).toBe(TEXT);
    expect((await readdir(to)).sort()).toEqual(['from', 'tiny']);
  });
});

describe('archives', () => {
  const link = [Buffer.from('/etc/passwd'), { os: 3, attrs: (0o120777 << 16) >>> 0 }] as const;
  it.each([
    ['a name that leads out', { 'tiny/../../evil': 'x' }, /invalid relative path/],
    ['an absolute name', { '/tiny/evil': 'x' }, /absolute path/],
    ['a name of Windows', { 'tiny\\..\\evil': 'x' }, /invalid characters in fileName/],
    ['a link', { 'tiny/ratings.txt': [...link] as never }, /no plain file/],
    ['too many bytes', { 'tiny/ratings.txt': 'x'.repeat(2000) }, /more than 1000 bytes/],
    ['files of another set', { 'other/ratings.txt': 'x' }, /no file ratings\.txt/],
  ])('with %s are refused whole', async (_, entries, reason) => {
    const archive = archiveOf({ 'tiny/first': 'x', ...entries });
    const from = path.join(to, 'from.zip');
    await writeFile(from, archive);
    const dataset = publishedAs(archive, { unpackedBytes: 1000 });
    await expect(get(dataset, { from })).rejects.toThrow(reason);
    await expect(get(dataset, { from })).rejects.toThrow('LIMAML_ERR_DATA_ARCHIVE');
    expect(await readdir(to)).toEqual(['from.zip']);
  });

  it('that are no zip files are refused', async () => {
    const from = path.join(to, 'from.zip');
    await writeFile(from, TEXT);
    await expect(get(publishedAs(Buffer.from(TEXT)), { from })).rejects.toThrow('DATA_ARCHIVE');
  });
});

describe('the list of public data sets', () => {
  it.each(PUBLIC_DATASETS)('says all there is to say of $name', (dataset) => {
    expect(publicDataset(dataset.name)).toBe(dataset);
    expect(dataset.url).toMatch(/^https:.*\.zip$/);
    expect(Object.keys(dataset.checksums).length).toBeGreaterThan(0);
    expect(dataset.checksums.md5 ?? '0'.repeat(32)).toMatch(/^[0-9a-f]{32}$/);
    expect(dataset.checksums.sha256 ?? '0'.repeat(64)).toMatch(/^[0-9a-f]{64}$/);
    expect(dataset.unpackedBytes).toBeGreaterThan(dataset.bytes);
    expect(dataset.files.length).toBeGreaterThan(0);
    expect(dataset.licence.url).toMatch(/^https:/);
  });

  it('suggests a near name', () => {
    expect(() => publicDataset('ml-1')).toThrow(/PUBLIC_UNKNOWN.*Did you mean "ml-1m"/);
  });
});
