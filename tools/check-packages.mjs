// Checks what would be published: package.json and exports (publint), types as a consumer's compiler
// resolves them (attw), unused or undeclared dependencies and exports (knip). Run after a build.
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { readFile } from 'node:fs/promises';

const run = (command, args) =>
  execFileSync('npx', ['--no-install', command, ...args], { stdio: 'inherit' });

const folders = [...readdirSync('packages').map((name) => `packages/${name}`), 'apps/cli'];
let failed = 0;
for (const pkgDir of folders) {
  const pkg = JSON.parse(await readFile(`${pkgDir}/package.json`, 'utf8'));
  const { messages } = await publint({ pkgDir, strict: true, pack: 'npm' });
  for (const message of messages) console.error(`${pkg.name}: ${formatMessage(message, pkg)}`);
  failed += messages.length;
}
if (failed > 0) process.exit(1);
console.log('publint: every package is publishable');

for (const folder of folders) {
  run('attw', ['--pack', folder, '--profile', 'esm-only', '--format', 'ascii', '--quiet']);
}
console.log('attw: types resolve in every package');
run('knip', []);
console.log('knip: no unused files, exports or dependencies');
