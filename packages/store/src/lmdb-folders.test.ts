import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { open } from 'lmdb';
import { beforeAll, describe, expect, it } from 'vitest';
import type { MetaEmbeddingStore } from '@limaml/plugin';
import { isLimamlError } from '@limaml/errors';
import { temporaryFolders } from './folders.test-support.js';
import { lmdbStore } from './index.js';

const pathOf = temporaryFolders();
const openStore = (folder: string) => lmdbStore().open(folder);
const dataOf = (folder: string) => join(folder, 'data.mdb');

async function publish(store: MetaEmbeddingStore, count: number, value: number) {
  const writer = await store.begin({ entity: 'member', bundle: 'b', dim: 32 });
  const ids = Array.from({ length: count }, (_, index) => `m${index}`);
  await writer.put(ids, new Float32Array(count * 32).fill(value));
  return writer.publish();
}

/** A folder with a damaged copy of a good store's file. */
function damagedCopy(name: string, damage: (file: string) => void): string {
  const folder = pathOf(name);
  mkdirSync(folder);
  copyFileSync(dataOf(pathOf('good')), dataOf(folder));
  damage(dataOf(folder));
  return folder;
}

beforeAll(async () => {
  const store = await openStore(pathOf('good'));
  await publish(store, 2000, 1);
  await store.close();
});

describe('a folder that is no store', () => {
  it('is refused when it is a file', async () => {
    const file = pathOf('file');
    writeFileSync(file, 'text');
    await expect(openStore(file)).rejects.toThrow(/LIMAML_ERR_STORE_FOREIGN.*it is a file/s);
    await expect(openStore(join(file, 'below'))).rejects.toThrow(/LIMAML_ERR_STORE_FOREIGN/);
  });

  it('is refused when it holds other files, which stay as they are', async () => {
    const folder = pathOf('photos');
    mkdirSync(folder);
    writeFileSync(join(folder, 'cat.png'), 'meow');
    await expect(openStore(folder)).rejects.toThrow(/LIMAML_ERR_STORE_FOREIGN.*it holds cat\.png/s);
    expect(readdirSync(folder)).toEqual(['cat.png']);
  });

  it('is refused when it is the LMDB folder of something else', async () => {
    const root = open({ path: pathOf('foreign'), noSubdir: false });
    await root.put('settings', { theme: 'dark' });
    await root.close();
    await expect(openStore(pathOf('foreign'))).rejects.toThrow(
      /LIMAML_ERR_STORE_FOREIGN.*its LMDB file holds settings/s,
    );
  });

  it('is refused when its layout is another', async () => {
    const root = open({ path: pathOf('layout'), noSubdir: false });
    await root.openDB({ name: 'catalogue', encoding: 'json' }).put('format', { layout: 99 });
    await root.close();
    await expect(openStore(pathOf('layout'))).rejects.toThrow(
      /LIMAML_ERR_STORE_FOREIGN.*"layout":99/s,
    );
  });

  it('is not made when it is opened to read', async () => {
    const openToRead = (folder: string) => lmdbStore().open(folder, { create: false });
    await expect(openToRead(pathOf('mistyped/store'))).rejects.toThrow(/LIMAML_ERR_STORE_MISSING/);
    expect(existsSync(pathOf('mistyped'))).toBe(false);
    mkdirSync(pathOf('empty'));
    await expect(openToRead(pathOf('empty'))).rejects.toThrow(/LIMAML_ERR_STORE_MISSING/);
    expect(readdirSync(pathOf('empty'))).toEqual([]);
    const store = await openToRead(pathOf('good'));
    expect((await store.current('member'))?.count).toBe(2000);
    await store.close();
  });

  it('is refused when it has no name', async () => {
    await expect(openStore('')).rejects.toThrow(/LIMAML_ERR_STORE_OPTION_INVALID/);
  });
});

describe('a damaged store', () => {
  it.each<[string, (file: string) => void, RegExp]>([
    [
      'empty',
      (file) => {
        truncateSync(file, 0);
      },
      /only 0 bytes/,
    ],
    [
      'cut in the header',
      (file) => {
        truncateSync(file, 5000);
      },
      /only 5000 bytes/,
    ],
    [
      'cut in the middle',
      (file) => {
        truncateSync(file, 40_000);
      },
      /40000 of \d+ bytes, it was cut short/,
    ],
    [
      'text',
      (file) => {
        writeFileSync(file, 'no LMDB '.repeat(2000));
      },
      /not an LMDB file/,
    ],
    ['overwritten after the header', overwriteTail, /page \d+ was overwritten/],
    [
      'overwritten in its header',
      (file) => {
        overwrite(file, 100, 3000);
      },
      /meta page 0 was overwritten/,
    ],
    [
      'overwritten in its second header',
      (file) => {
        overwrite(file, 4096, 3000);
      },
      /meta page 1 was overwritten/,
    ],
  ])('is refused when its file is %s', async (name, damage, message) => {
    const opening = openStore(damagedCopy(`damaged ${name}`, damage));
    await expect(opening).rejects.toThrow(/LIMAML_ERR_STORE_CORRUPT/);
    await expect(opening).rejects.toThrow(message);
  });
});

it('a page that was overwritten is refused, or is one that nothing needs', async () => {
  const { size } = statSync(dataOf(pathOf('good')));
  const messages: string[] = [];
  for (let at = 0; at < size; at += 4096) {
    const folder = damagedCopy(`page ${at}`, (file) => {
      overwrite(file, at, 4096);
    });
    messages.push(await useStore(folder));
  }
  expect(messages.filter((message) => message !== 'whole').length).toBeGreaterThan(100);
  expect(new Set(messages.map((message) => message.replaceAll(/ \d+/g, ' n')))).toEqual(
    new Set(['whole', 'LIMAML_ERR_STORE_CORRUPT']),
  );
});

describe('a good store', () => {
  it('makes folders on the way, also with a dot in the name', async () => {
    const folder = pathOf('a/b.c/store.v1');
    const store = await openStore(folder);
    await publish(store, 1, 1);
    await store.close();
    expect(statSync(dataOf(folder)).isFile()).toBe(true);
  });

  it('writes nothing outside its folder, whatever the ids are', async () => {
    const store = await openStore(pathOf('inside/store'));
    const writer = await store.begin({ entity: 'member', bundle: '../b', dim: 1 });
    await writer.put(['../../escaped', '/escaped'], Float32Array.of(1, 2));
    await writer.publish();
    await store.close();
    expect(readdirSync(pathOf('inside'))).toEqual(['store']);
    expect(readdirSync(pathOf('inside/store')).sort()).toEqual(['data.mdb', 'lock.mdb']);
  });

  it('is shared by two handles of one process; closing one leaves the other', async () => {
    const [first, second] = [await openStore(pathOf('shared')), await openStore(pathOf('shared'))];
    await publish(first, 1, 5);
    await first.close();
    expect((await second.current('member'))?.count).toBe(1);
    await second.close();
  });

  it('does not grow when versions replace each other', async () => {
    const store = await openStore(pathOf('size'));
    for (let value = 0; value < 4; value++) await publish(store, 2000, value);
    const early = statSync(dataOf(pathOf('size'))).size;
    for (let value = 0; value < 12; value++) await publish(store, 2000, value);
    expect(statSync(dataOf(pathOf('size'))).size).toBeLessThan(1.5 * early);
    await store.close();
  });

  it('finishes writes that were begun before close', async () => {
    const store = await openStore(pathOf('closing'));
    await publish(store, 10, 1);
    const refreshed = store.refresh('member', 'b', 'm3', new Float32Array(32).fill(7));
    await store.close();
    await refreshed;
    const again = await openStore(pathOf('closing'));
    const into = new Float32Array(32);
    await again.get('member', ['m3'], into);
    await again.close();
    expect(into[0]).toBe(7);
  });
});

/** Reads and writes a store; tells that all was there, or the code of the error. */
async function useStore(folder: string): Promise<string> {
  try {
    const store = await openStore(folder);
    const into = new Float32Array(32 * 2000);
    const ids = Array.from({ length: 2000 }, (_, index) => `m${index}`);
    const found = await store.get('member', ids, into);
    await publish(store, 2000, 2);
    await store.close();
    return found.every(Boolean) && into.every((value) => value === 1) ? 'whole' : 'changed';
  } catch (error) {
    return isLimamlError(error) ? error.code : String(error);
  }
}

/** Overwrites some bytes with noise, always the same. */
function overwrite(file: string, at: number, length: number): void {
  const bytes = readFileSync(file);
  let state = at + 1;
  for (let index = at; index < Math.min(at + length, bytes.length); index++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[index] = state >>> 24;
  }
  writeFileSync(file, bytes);
}

function overwriteTail(file: string): void {
  const bytes = readFileSync(file);
  writeFileSync(file, bytes.fill(0xff, 8192));
}
