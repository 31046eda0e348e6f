import fc from 'fast-check';
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  listFiles,
  readBundleFolder,
  writeBundleFolder,
  type BundleContents,
} from './bundle-folder.js';
import { codeOf } from './code-of.test-support.js';
import { bundleFileNames, bundleFingerprint, type BundleManifest } from './manifest.js';

let root: string;
let folder: string;

const contents: BundleContents = new Map(
  Object.values(bundleFileNames('member')).map((name, at) => [name, Uint8Array.of(at, 1, 2, 3)]),
);

const described: Omit<BundleManifest, 'fingerprint'> = {
  format: 2,
  limaml: '0.1.0',
  createdBy: 'a test',
  createdAt: '2026-01-01T00:00:00.000Z',
  model: { name: 'limaml', options: { embeddingDim: 4 }, fingerprint: '0'.repeat(64) },
  algorithm: {
    innerSteps: 1,
    innerLearningRate: { initial: 0.1, per: 'element' },
    order: 'second',
    loss: 'binary-cross-entropy',
    supportShrinkage: 0,
  },
  entity: 'member',
  entityTypes: ['member', 'job'],
  embedding: { dim: 4, dtype: 'float32' },
  support: { maxSize: 40 },
  schema: { entity: 'member', metaFeatures: [], features: [] },
  candidates: 2,
  files: listFiles(contents),
};
const manifest: BundleManifest = { ...described, fingerprint: bundleFingerprint(described) };

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'limaml-bundle-'));
  folder = join(root, 'bundle');
});

afterEach(() => rm(root, { recursive: true }));

const write = (overwrite = false): Promise<void> =>
  writeBundleFolder(folder, manifest, contents, overwrite);

/** Rewrites the manifest with a change, and a fingerprint that fits it. */
async function changeManifest(change: Record<string, unknown>): Promise<void> {
  const changed = { ...manifest, ...change } as BundleManifest;
  await writeFile(
    join(folder, 'manifest.json'),
    JSON.stringify({ ...changed, fingerprint: bundleFingerprint(changed) }),
  );
}

describe('writing', () => {
  it('gives back what was written', async () => {
    await write();
    const read = await readBundleFolder(folder);
    expect(read.manifest).toEqual(manifest);
    expect(new Map([...read.contents].map(([name, bytes]) => [name, [...bytes]]))).toEqual(
      new Map([...contents].map(([name, bytes]) => [name, [...bytes]])),
    );
  });

  it('leaves nothing beside the folder', async () => {
    await write();
    await write(true);
    expect(await readdir(root)).toEqual(['bundle']);
  });

  it('refuses an existing folder', async () => {
    await write();
    expect(await codeOf(write())).toBe('LIMAML_ERR_SERVING_BUNDLE_EXISTS');
  });

  it('never overwrites a folder that is not a bundle', async () => {
    await mkdir(folder);
    await writeFile(join(folder, 'thesis.tex'), 'years of work');
    expect(await codeOf(write(true))).toBe('LIMAML_ERR_SERVING_OVERWRITE_REFUSED');
    expect(await readdir(folder)).toEqual(['thesis.tex']);
  });

  it('keeps the earlier bundle when writing fails', async () => {
    await write();
    const broken: BundleContents = new Map([['no/such/folder', new Uint8Array(1)]]);
    const failed = writeBundleFolder(folder, manifest, broken, true);
    expect(await codeOf(failed)).toBe('LIMAML_ERR_SERVING_BUNDLE_UNWRITABLE');
    await expect(readBundleFolder(folder)).resolves.toMatchObject({ manifest });
    expect(await readdir(root)).toEqual(['bundle']);
  });
});

describe('reading', () => {
  it('refuses a folder without manifest', async () => {
    expect(await codeOf(readBundleFolder(folder))).toBe('LIMAML_ERR_SERVING_BUNDLE_MISSING');
  });

  it('refuses another format version before looking at anything else', async () => {
    await write();
    await writeFile(join(folder, 'manifest.json'), '{"format": 1}');
    expect(await codeOf(readBundleFolder(folder))).toBe('LIMAML_ERR_SERVING_FORMAT_UNSUPPORTED');
  });

  it.each([
    ['unknown keys', { surprise: 1 }],
    [
      'paths that leave the folder',
      { files: [...manifest.files.slice(1), { ...manifest.files[0]!, name: '../../x' }] },
    ],
    [
      'absolute paths',
      { files: [...manifest.files.slice(1), { ...manifest.files[0]!, name: '/etc/passwd' }] },
    ],
    ['a missing entry', { files: manifest.files.slice(1) }],
    ['a repeated entry', { files: [...manifest.files, manifest.files[0]!] }],
    ['entity names that are no file names', { entity: '../member' }],
    ['entity types without the one that is adapted', { entityTypes: ['job'] }],
    ['an unknown dtype', { embedding: { dim: 4, dtype: 'float64' } }],
    ['embeddings of absurd size', { embedding: { dim: 1e9, dtype: 'float32' } }],
    ['more files than a bundle has', { files: Array(1000).fill(manifest.files[0]) }],
    [
      'a file that no model could be',
      { files: [{ ...manifest.files[0]!, bytes: 2 ** 40 }, ...manifest.files.slice(1)] },
    ],
    [
      'a negative size',
      { files: [{ ...manifest.files[0]!, bytes: -1 }, ...manifest.files.slice(1)] },
    ],
  ])('refuses a manifest with %s', async (_, change) => {
    await write();
    await changeManifest(change);
    expect(await codeOf(readBundleFolder(folder))).toBe('LIMAML_ERR_SERVING_MANIFEST_INVALID');
  });

  it('refuses a manifest that was edited', async () => {
    await write();
    const edited = { ...manifest, embedding: { dim: 8, dtype: 'float32' } };
    await writeFile(join(folder, 'manifest.json'), JSON.stringify(edited));
    expect(await codeOf(readBundleFolder(folder))).toBe('LIMAML_ERR_SERVING_FINGERPRINT');
  });

  it('refuses a missing file, a link, a truncated and a changed file', async () => {
    await write();
    const file = join(folder, 'score.onnx');
    const original = await readFile(file);
    await truncate(file, 2);
    expect(await codeOf(readBundleFolder(folder))).toBe('LIMAML_ERR_SERVING_FILE_SIZE');
    await rm(file);
    expect(await codeOf(readBundleFolder(folder))).toBe('LIMAML_ERR_SERVING_FILE_MISSING');
    await writeFile(join(root, 'elsewhere'), original);
    await symlink(join(root, 'elsewhere'), file);
    expect(await codeOf(readBundleFolder(folder))).toBe('LIMAML_ERR_SERVING_FILE_MISSING');
  });

  it('refuses a manifest that is a link, and one of absurd size', async () => {
    await write();
    const path = join(folder, 'manifest.json');
    const text = await readFile(path, 'utf8');
    await writeFile(path, text + ' '.repeat(9 * 2 ** 20));
    expect(await codeOf(readBundleFolder(folder))).toBe('LIMAML_ERR_SERVING_MANIFEST_INVALID');
    await rm(path);
    await writeFile(join(root, 'manifest'), text);
    await symlink(join(root, 'manifest'), path);
    expect(await codeOf(readBundleFolder(folder))).toBe('LIMAML_ERR_SERVING_MANIFEST_INVALID');
  });

  it('refuses every single changed byte and every truncated manifest', async () => {
    await write();
    const names = [...contents.keys()];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...names),
        fc.nat(3),
        fc.integer({ min: 1, max: 255 }),
        async (name, at, change) => {
          const path = join(folder, name);
          const original = await readFile(path);
          const changed = Uint8Array.from(original, (byte, index) =>
            index === at ? byte ^ change : byte,
          );
          await writeFile(path, changed);
          expect(await codeOf(readBundleFolder(folder))).toBe('LIMAML_ERR_SERVING_FILE_CHECKSUM');
          await writeFile(path, original);
        },
      ),
      { numRuns: 30, seed: 7 },
    );
    const text = await readFile(join(folder, 'manifest.json'), 'utf8');
    for (let length = 0; length < text.length - 2; length += 41) {
      await writeFile(join(folder, 'manifest.json'), text.slice(0, length));
      expect(await codeOf(readBundleFolder(folder))).toBe('LIMAML_ERR_SERVING_MANIFEST_INVALID');
    }
  });
});

describe('fingerprint', () => {
  it('depends on what the bundle computes, not on when and by whom it was written', () => {
    const { fingerprint } = manifest;
    expect(
      bundleFingerprint({ ...manifest, createdAt: '2027-01-01T00:00:00.000Z', createdBy: 'me' }),
    ).toBe(fingerprint);
    expect(bundleFingerprint({ ...manifest, support: { maxSize: 41 } })).not.toBe(fingerprint);
  });
});
