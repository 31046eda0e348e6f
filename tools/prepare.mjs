// What both first commands need before anything else: a usable Node and the installed dependencies.
// Node built-ins only, and syntax that an old Node can parse, so that it can say what is wrong.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Ends the process with a clear message when this Node is too old. */
export function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const usable = (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22;
  if (usable) return;
  fail(
    `limaml needs Node 20.19 or newer (22.12 or newer in the 22 series); this is Node ${process.versions.node}.\n` +
      'Install a current Node from https://nodejs.org and run the command again.',
  );
}

/** Runs `npm ci` when a dependency is missing or has another version than the lock file says. */
export function checkInstalled() {
  const missing = findMissing();
  if (missing.length === 0) return;
  say(`Installing the dependencies: npm ci (${describe(missing)})…`);
  const started = Date.now();
  run('npm', ['ci', '--no-audit', '--no-fund'], 'Installing failed; npm says why above.');
  say(`Installed in ${Math.round((Date.now() - started) / 1000)} s.`);
}

/** Runs a program in the repository and ends this process when it fails. */
export function run(program, args, failure) {
  const result = spawnSync(program, args, {
    cwd: ROOT,
    stdio: 'inherit',
    shell: process.platform === 'win32' && program === 'npm',
  });
  if (result.status !== 0) fail(failure, result.status || 1);
}

export function say(text) {
  process.stderr.write(`${text}\n`);
}

export function fail(text, code = 1) {
  say(text);
  process.exit(code);
}

function findMissing() {
  const wanted = readPackages('package-lock.json');
  const installed = readPackages('node_modules/.package-lock.json');
  return Object.keys(wanted).filter(
    (path) => isRequired(path, wanted[path]) && !sameVersion(installed[path], wanted[path]),
  );
}

function readPackages(file) {
  const path = join(ROOT, file);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).packages : {};
}

/** Optional packages (binaries for other platforms) may well be absent. */
function isRequired(path, entry) {
  const dispensable =
    entry.link || entry.optional || entry.devOptional || entry.peer || entry.extraneous;
  return path.includes('node_modules/') && !dispensable;
}

function sameVersion(installed, wanted) {
  return installed !== undefined && installed.version === wanted.version;
}

function describe(missing) {
  const first = missing[0].split('node_modules/').pop();
  return missing.length === 1
    ? `${first} is missing or outdated`
    : `${missing.length} packages are missing or outdated`;
}
