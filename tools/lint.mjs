// Lints everything, group by group: the types of all packages at once do not fit into the memory that Node.js
// takes by default. Groups are linted at the same time on as many cores as there are, two at most.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';

const CORES = 2;

const members = (folder) => readdirSync(folder).map((name) => `${folder}/${name}`);
const packages = members('packages');
const third = Math.ceil(packages.length / 3);
const groups = [
  packages.slice(0, third),
  packages.slice(third, 2 * third),
  packages.slice(2 * third),
  members('apps'),
  ['benchmarks', 'docs', 'examples', 'integration', 'tools', '*.config.*'],
];

const failed = [];
await Promise.all(Array.from({ length: CORES }, lintGroups));
if (failed.length > 0) process.exit(1);
console.log('eslint: nothing to say');

async function lintGroups() {
  for (let group = groups.shift(); group; group = groups.shift()) {
    const options = ['--no-install', 'eslint', '--no-error-on-unmatched-pattern'];
    const linter = spawn('npx', [...options, ...group], { stdio: 'inherit' });
    const [code] = await once(linter, 'exit');
    if (code !== 0) failed.push(group);
  }
}
