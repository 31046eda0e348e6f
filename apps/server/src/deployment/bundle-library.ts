import { readManifest, type BundleManifest } from '@limaml/serving';
import { readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { bundleUnknown } from '../errors.js';

/** Names a bundle may have: those of folders, never a path. */
const BUNDLE_NAME = /^[\w][\w.-]{0,127}$/;

/** A bundle that can be activated. */
export interface ListedBundle {
  readonly name: string;
  readonly manifest: BundleManifest;
}

/** The bundles a server may serve: the folders in one folder, or one bundle alone. */
export interface BundleLibrary {
  list(): Promise<readonly ListedBundle[]>;
  /**
   * The folder of a bundle, by name.
   * @throws LIMAML_ERR_SERVER_BUNDLE_UNKNOWN
   */
  folderOf(name: string): Promise<string>;
}

/** One bundle, named like its folder. */
export function singleBundle(folder: string): BundleLibrary & { readonly name: string } {
  const path = resolve(folder);
  const name = basename(path);
  return {
    name,
    list: async () => [{ name, manifest: await readManifest(path) }],
    folderOf: async (wanted) => {
      if (wanted !== name) throw bundleUnknown();
      return path;
    },
  };
}

/** Every folder in `folder` that holds a bundle; looked up anew each time, so new exports appear. */
export function bundleFolder(folder: string): BundleLibrary {
  const path = resolve(folder);
  return {
    list: () => listBundles(path),
    folderOf: async (wanted) => {
      // The name comes from a request: it must be one that is there, not a path to somewhere else.
      const known = BUNDLE_NAME.test(wanted) && (await namesIn(path)).includes(wanted);
      if (!known) throw bundleUnknown();
      return join(path, wanted);
    },
  };
}

async function listBundles(folder: string): Promise<readonly ListedBundle[]> {
  const names = await namesIn(folder);
  const listed = names.map(async (name) => {
    const manifest = await readManifest(join(folder, name)).catch(() => undefined);
    return manifest === undefined ? [] : [{ name, manifest }];
  });
  return (await Promise.all(listed)).flat();
}

async function namesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory() && BUNDLE_NAME.test(entry.name));
  return folders.map(({ name }) => name).sort();
}
