#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const built = new URL('../dist/bin.js', import.meta.url);
if (!existsSync(built)) buildOnce();
await import(built.href);

/** A source checkout has no `dist` until it is built; an installed package always has one. */
function buildOnce() {
  const root = fileURLToPath(new URL('../../../', import.meta.url));
  const compiler = fileURLToPath(
    new URL('../../../node_modules/typescript/bin/tsc', import.meta.url),
  );
  if (!existsSync(compiler)) {
    process.stderr.write(
      'limaml-server is not built and TypeScript is not installed. Run `npm ci` in the repository first.\n',
    );
    process.exit(1);
  }
  process.stderr.write('limaml-server is not built yet: building once (some seconds)…\n');
  // Checking types would take most of the time.
  const args = [compiler, '-b', 'apps/server/tsconfig.lib.json', '--noCheck'];
  const result = spawnSync(process.execPath, args, {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (result.status !== 0) {
    process.stderr.write('The build failed; the lines above say where.\n');
    process.exit(1);
  }
}
