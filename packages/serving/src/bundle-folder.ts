import { createHash, randomUUID } from 'node:crypto';
import {
  constants,
  lstat,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import {
  bundleExists,
  bundleFileChecksum,
  bundleFileMissing,
  bundleFileSize,
  bundleMissing,
  bundleUnwritable,
  manifestInvalid,
  notABundle,
} from './errors.js';
import { parseManifest, type BundleFile, type BundleManifest } from './manifest.js';

const MANIFEST = 'manifest.json';
/** Windows has no such flag; there the check before must do. */
const NO_FOLLOW = (constants as { readonly O_NOFOLLOW?: number }).O_NOFOLLOW ?? 0;
/** A manifest larger than this is none of ours; it is not read. */
const MANIFEST_LIMIT = 8 * 1024 * 1024;

/** Contents of a bundle's files by name. */
export type BundleContents = ReadonlyMap<string, Uint8Array>;

/** Size and checksum of each file. */
export function listFiles(contents: BundleContents): BundleFile[] {
  return [...contents].map(([name, bytes]) => ({
    name,
    bytes: bytes.byteLength,
    sha256: sha256(bytes),
  }));
}

/**
 * Writes a bundle folder: everything goes to a temporary folder beside it, which is renamed at the end,
 * so that `folder` never holds half a bundle and an earlier one survives any failure.
 */
export async function writeBundleFolder(
  folder: string,
  manifest: BundleManifest,
  contents: BundleContents,
  overwrite: boolean,
): Promise<void> {
  const target = resolve(folder);
  await checkTarget(target, overwrite);
  const staged = `${target}.tmp-${randomUUID()}`;
  try {
    await mkdir(staged, { recursive: true });
    for (const [name, bytes] of contents)
      await writeFile(join(staged, name), bytes, { flush: true });
    await writeFile(join(staged, MANIFEST), `${JSON.stringify(manifest, undefined, 2)}\n`, {
      flush: true,
    });
    await replaceFolder(staged, target);
  } catch (error) {
    await rm(staged, { recursive: true, force: true });
    throw bundleUnwritable(target, error);
  }
}

/** Overwriting replaces a bundle, never a folder that holds something else. */
async function checkTarget(target: string, overwrite: boolean): Promise<void> {
  if (!(await exists(target))) return;
  if (!overwrite) throw bundleExists(target);
  const names = await readdir(target).catch(() => [target]);
  if (names.length > 0 && !names.includes(MANIFEST)) throw notABundle(target);
}

/** Puts `staged` in the place of `target`; what was there comes back when that fails. */
async function replaceFolder(staged: string, target: string): Promise<void> {
  const previous = `${target}.old-${randomUUID()}`;
  const replaced = await exists(target);
  if (replaced) await rename(target, previous);
  try {
    await rename(staged, target);
  } catch (error) {
    if (replaced) await rename(previous, target);
    throw error;
  }
  await syncFolder(dirname(target));
  if (replaced) await rm(previous, { recursive: true, force: true });
}

/** Makes the rename itself durable; platforms that cannot open a folder do without. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

/**
 * Reads a bundle folder and checks it: structure of the manifest, names, sizes, checksums. Nothing is
 * returned, and no model loaded, before everything has been checked.
 */
export async function readBundleFolder(
  folder: string,
): Promise<{ readonly manifest: BundleManifest; readonly contents: BundleContents }> {
  const manifest = await readManifest(folder);
  const contents = new Map<string, Uint8Array>();
  for (const file of manifest.files) contents.set(file.name, await readChecked(folder, file));
  return { manifest, contents };
}

/**
 * Reads the manifest of a bundle folder alone, for a list of bundles; `openBundle` checks the files too.
 * @throws LIMAML_ERR_SERVING_BUNDLE_MISSING, …_MANIFEST_INVALID, …_FORMAT_UNSUPPORTED, …_FINGERPRINT
 */
export async function readManifest(folder: string): Promise<BundleManifest> {
  const path = join(folder, MANIFEST);
  return parseManifest(await readManifestText(path), path);
}

async function readManifestText(path: string): Promise<string> {
  // A link is not followed: it might lead anywhere.
  const found = await lstat(path).catch((error: unknown) => {
    throw bundleMissing(path, error);
  });
  if (!found.isFile()) throw manifestInvalid(path, 'it is not a regular file');
  if (found.size > MANIFEST_LIMIT) {
    throw manifestInvalid(path, `it has ${found.size} bytes, the limit is ${MANIFEST_LIMIT}`);
  }
  return readFile(path, 'utf8');
}

/** The bytes that are checked are the bytes that are used: a file is read once. */
async function readChecked(folder: string, file: BundleFile): Promise<Uint8Array> {
  const path = join(folder, file.name);
  const bytes = await readRegular(path, file.bytes).catch((error: unknown) => {
    throw bundleFileMissing(path, error);
  });
  if (typeof bytes === 'number') throw bundleFileSize(path, bytes, file.bytes);
  if (sha256(bytes) !== file.sha256) throw bundleFileChecksum(path);
  return bytes;
}

/** The contents of a regular file, or its size when that is not the one expected. No more than that is read. */
async function readRegular(path: string, size: number): Promise<Uint8Array | number> {
  const found = await lstat(path);
  if (!found.isFile()) throw new Error('it is not a regular file');
  if (found.size !== size) return found.size;
  // Another file may have taken its place since, and a link must not lead out of the folder.
  const file = await open(path, constants.O_RDONLY | NO_FOLLOW);
  try {
    const bytes = Buffer.alloc(size);
    const { bytesRead } = await file.read(bytes, 0, size, 0);
    return bytesRead === size ? bytes : bytesRead;
  } finally {
    await file.close();
  }
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
