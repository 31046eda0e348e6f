// Checks that the lock file suits npm 10, which comes with Node 20 and 22 and is stricter than npm 11.
import { spawnSync } from 'node:child_process';
import { ROOT, fail } from './prepare.mjs';

const args = ['--yes', 'npm@10.8.2', 'ci', '--dry-run', '--ignore-scripts', '--loglevel=error'];
const shell = process.platform === 'win32';
const { status, stderr } = spawnSync('npx', args, { cwd: ROOT, shell, encoding: 'utf8' });
if (status !== 0)
  fail(`${stderr}\nnpm 10 does not take package-lock.json; the lines above say why.`);
console.log('lock file: npm 10 takes it');
