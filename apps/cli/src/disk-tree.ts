import type { GeneratorTree } from '@limaml/nx';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { packageUnwritable } from './errors.js';

/** Files below a folder, for generators. With `write: false` nothing is written. */
export function diskTree(folder: string, { write }: { readonly write: boolean }): GeneratorTree {
  return {
    exists: (path) => existsSync(resolve(folder, path)),
    write: (path, content) => {
      if (write) writeNew(resolve(folder, path), content);
    },
  };
}

/** Never replaces a file, also not one that appeared a moment ago. */
function writeNew(file: string, content: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content, { flag: 'wx' });
  } catch (error) {
    throw packageUnwritable(file, error);
  }
}
