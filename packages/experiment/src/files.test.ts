import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readJson, writeFileWhole, writeJson } from './files.js';
import { temporaryFolders } from './fixtures.test-support.js';

const newFolder = temporaryFolders();
const unwritable: unknown = expect.objectContaining({
  code: 'LIMAML_ERR_EXPERIMENT_FILE_UNWRITABLE',
});

describe('writeFileWhole', () => {
  it('makes folders and leaves nothing but the file', async () => {
    const folder = join(await newFolder(), 'a', 'b');
    await writeFileWhole(join(folder, 'x'), 'one');
    await writeFileWhole(join(folder, 'x'), Uint8Array.of(116, 119, 111));
    expect(await readFile(join(folder, 'x'), 'utf8')).toBe('two');
    expect(await readdir(folder)).toEqual(['x']);
  });

  it.skipIf(!existsSync('/dev/full'))('keeps the old file when the disk is full', async () => {
    const folder = await newFolder();
    const path = join(folder, 'x');
    await writeFileWhole(path, 'old');
    // The temporary file then lies on a device that is always full.
    await symlink('/dev/full', `${path}.tmp`);
    await expect(writeFileWhole(path, Buffer.alloc(1 << 20))).rejects.toThrow(unwritable);
    expect(await readFile(path, 'utf8')).toBe('old');
    expect(await readdir(folder)).toEqual(['x']);
  });

  it('says so when a folder is in the way, or a file where a folder should be', async () => {
    const folder = await newFolder();
    await mkdir(join(folder, 'x', 'y'), { recursive: true });
    await expect(writeFileWhole(join(folder, 'x'), 'text')).rejects.toThrow(unwritable);
    await writeFile(join(folder, 'file'), '');
    await expect(writeFileWhole(join(folder, 'file', 'x'), 'text')).rejects.toThrow(unwritable);
    expect((await readdir(folder)).sort()).toEqual(['file', 'x']);
  });
});

describe('readJson', () => {
  it('reads what writeJson wrote, and gives undefined when there is nothing', async () => {
    const folder = await newFolder();
    await writeJson(join(folder, 'x.json'), { a: [1] });
    expect(await readJson(join(folder, 'x.json'), (value) => value)).toEqual({ a: [1] });
    expect(await readJson(join(folder, 'y.json'), (value) => value)).toBeUndefined();
  });

  it('says what is wrong with the value in one line', async () => {
    const folder = await newFolder();
    const schema = z.strictObject({ a: z.number(), b: z.string() });
    await writeJson(join(folder, 'x.json'), { a: 'text' });
    await expect(readJson(join(folder, 'x.json'), (value) => schema.parse(value))).rejects.toThrow(
      /^LIMAML_ERR_EXPERIMENT_RECORD_CORRUPT: .*at a.*at b.*x\.json.*$/,
    );
  });

  it('says so when a folder is in the place of the file', async () => {
    const folder = await newFolder();
    await expect(readJson(folder, (value) => value)).rejects.toThrow(
      /LIMAML_ERR_EXPERIMENT_FILE_UNREADABLE: .*EISDIR/,
    );
  });
});
