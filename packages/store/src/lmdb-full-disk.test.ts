import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { temporaryFolders } from './folders.test-support.js';

const pathOf = temporaryFolders();
const RUN_SOURCE = fileURLToPath(new URL('../../../tools/run-source.mjs', import.meta.url));

/** Runs a script that may write so many blocks per file; `ulimit -f` counts 512 or 1024 bytes each. */
function runLimited(script: string, blocks: number, folder: string): unknown {
  const limited = `ulimit -f ${blocks}; exec "$0" --conditions=@limaml/source "$1" "$2"`;
  const file = fileURLToPath(new URL(script, import.meta.url));
  const output = execFileSync('sh', ['-c', limited, process.execPath, RUN_SOURCE, file], {
    env: { ...process.env, STORE_FOLDER: folder },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return JSON.parse(output);
}

/** Every transaction waits for the disk, which may serve others first. */
const timeout = 120_000;

describe.skipIf(process.platform === 'win32')('a full disk', { timeout }, () => {
  it.each([2000, 3000, 4000])(
    'fails the generation, and leaves the version in use (%s blocks)',
    (blocks) => {
      expect(
        runLimited('lmdb-full-disk.test-support.ts', blocks, pathOf(`full ${blocks}`)),
      ).toEqual({ code: 'LIMAML_ERR_STORE_WRITE_FAILED', duringFailure: 1, afterwards: 3 });
    },
  );

  it('refuses to make a store that does not fit', () => {
    const folder = pathOf('tiny');
    expect(runLimited('lmdb-no-space.test-support.ts', 8, folder)).toEqual({
      code: 'LIMAML_ERR_STORE_OPEN_FAILED',
    });
    expect(readdirSync(folder)).toEqual([]);
  });
});
