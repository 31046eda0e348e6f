import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { temporaryFolders } from './folders.test-support.js';

const pathOf = temporaryFolders();
const RUN_SOURCE = fileURLToPath(new URL('../../../tools/run-source.mjs', import.meta.url));
const SCRIPT = fileURLToPath(new URL('lmdb-full-disk.test-support.ts', import.meta.url));

/** `ulimit -f` counts blocks of 512 or 1024 bytes: a file of 2 to 4 MB. */
const LIMITED = `ulimit -f 4000; exec "$0" --conditions=@limaml/source "$1" "$2"`;

it.skipIf(process.platform === 'win32')(
  'a full disk fails the generation, and leaves the version in use',
  () => {
    const env = { ...process.env, STORE_FOLDER: pathOf('full') };
    const args = ['-c', LIMITED, process.execPath, RUN_SOURCE, SCRIPT];
    const output = execFileSync('sh', args, {
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    expect(JSON.parse(output)).toEqual({
      code: 'LIMAML_ERR_STORE_WRITE_FAILED',
      duringFailure: 1,
      afterwards: 3,
    });
  },
);
