// Uses the packages as somebody else does: packs them, installs the tarballs outside of this workspace, and
// there type-checks, trains, exports, generates, scores and creates a plugin package. Needs the npm registry.
//
//   npm run integration [-- --keep]     --keep leaves the temporary folder for a look
import { execFile } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT, checkInstalled, checkNode, fail, say } from '../tools/prepare.mjs';

const COMPILERS = ['typescript59', 'typescript60', 'typescript70'];
/** The one whose output is run. */
const EMITTING = 'typescript60';
/** Packages of which one alone is enough to write an entity plugin. */
const FOR_ENTITIES = ['errors', 'graph', 'core', 'plugin'];

const execFileAsync = promisify(execFile);

checkNode();
checkInstalled();
const started = Date.now();
const home = mkdtempSync(join(tmpdir(), 'limaml-integration-'));
const [tarballs, project] = [join(home, 'tarballs'), join(home, 'limaml-course')];
const created = join(project, 'limaml-entity-store');
process.on('exit', () => {
  if (process.argv.includes('--keep')) say(`Kept: ${home}`);
  else rmSync(home, { recursive: true, force: true });
});

await step('build the packages', () =>
  node(ROOT, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-b']),
);
await step('pack them', pack);
await step('copy the plugin out of the workspace, and install the tarballs', () => {
  cpSync(join(ROOT, 'integration/course'), project, { recursive: true });
  return npm(project, ['install', '--save', ...files(() => true)]);
});
// Waiting for the registry and compiling go well together.
await Promise.all([checkTypes(), createPackage()]);
await step('make its data, and show its plugins', async () => {
  await node(project, ['make-data.mjs', 'data']);
  const { plugins } = await limaml('plugins');
  expectOrigin(plugins, 'dataset', 'courses', 'config');
  expectOrigin(plugins, 'entity', 'course', 'file');
  expectOrigin(plugins, 'report', 'busiest', 'file');
});
await step('run the conformance suites on it', conformance);
const data = ['--data', 'courses=data'];
await step('train', async () => {
  const { models } = await limaml('experiment', 'spec.ts', ...data, '--out', 'run');
  if (!models.some(({ name }) => name === 'LiMAML')) fail('LiMAML is not among the results.');
  const { sections } = await limaml('report', 'run');
  if (!sections.some(({ name }) => name === 'busiest')) fail('The report lacks its section.');
});
await step('export', () => limaml('export', 'run', '--out', 'bundle'));
await step('generate', async () => {
  const report = await limaml('generate', '--bundle', 'bundle', ...data, '--store', 'store');
  if (report.entities !== 80) fail(`There are embeddings of ${report.entities} courses, not 80.`);
});
await step('score', async () => {
  const served = ['--bundle', 'bundle', '--store', 'store'];
  const ranking = await limaml('score', ...served, '--entity', 'course-3', '--top', '5');
  if (ranking.prior || ranking.candidates.length !== 5) fail('The scores are not those asked for.');
});
await step('use all packages from CommonJS', async () => {
  const { best } = JSON.parse(await node(project, ['use.cjs', 'bundle', 'store']));
  say(`  ${best}`);
});
await step('list a package by its name', async () => {
  symlinkSync(created, join(project, 'node_modules/limaml-entity-store'), 'junction');
  const folder = join(project, 'by-name');
  mkdirSync(folder);
  const config = "export default { plugins: ['limaml-entity-store'] };\n";
  writeFileSync(join(folder, 'limaml.config.mjs'), config);
  const { plugins } = JSON.parse(await node(folder, [limamlBin(), 'plugins', '--json']));
  expectOrigin(plugins, 'entity', 'store', 'package');
});
say(`\nEverything works, in ${seconds(started)} s.`);

async function checkTypes() {
  for (const compiler of COMPILERS) {
    await step(`check its types with ${versionOf(compiler)}`, () => {
      const emit = compiler === EMITTING ? ['--noEmit', 'false', '--outDir', 'compiled'] : [];
      return node(project, [`node_modules/${compiler}/bin/tsc`, '-p', 'tsconfig.json', ...emit]);
    });
  }
}

function createPackage() {
  return step('create a plugin package, install and test it', async () => {
    await limaml('create', 'entity', 'store');
    await npm(created, ['install', '--no-save', ...files((name) => FOR_ENTITIES.includes(name))]);
    for (const script of ['test', 'typecheck', 'build']) await npm(created, ['run', script]);
  });
}

async function step(title, work) {
  const began = Date.now();
  await work();
  console.log(`✓ ${title} (${seconds(began)} s)`);
}

function seconds(since) {
  return ((Date.now() - since) / 1000).toFixed(1);
}

/** Packs every package that is published. */
function pack() {
  mkdirSync(tarballs);
  return npm(ROOT, ['pack', '--workspaces', '--pack-destination', tarballs, '--loglevel=error']);
}

/** Paths of tarballs: limaml-plugin-0.1.0.tgz is that of @limaml/plugin. */
function files(isWanted) {
  return readdirSync(tarballs)
    .filter((file) => isWanted(basename(file).replace(/^limaml-(.+)-\d.*$/, '$1')))
    .map((file) => join(tarballs, file));
}

function versionOf(compiler) {
  const text = readFileSync(join(project, `node_modules/${compiler}/package.json`), 'utf8');
  return `TypeScript ${JSON.parse(text).version}`;
}

/** The suites need no test runner: Node runs the compiled modules. */
async function conformance() {
  const script = "const { testAll } = await import('./compiled/src/conformance.js');";
  const reports = `${script} for (const { subject, checks } of await testAll('data')) console.log(subject, checks.length);`;
  const said = await node(project, ['--input-type=module', '--eval', reports]);
  say(said.trimEnd().replaceAll(/^/gm, '  '));
}

function expectOrigin(plugins, kind, name, from) {
  const found = plugins.find((plugin) => plugin.kind === kind && plugin.name === name);
  if (found?.from !== from) fail(`The ${kind} ${name} is from ${found?.from}, not ${from}.`);
}

async function limaml(...args) {
  return JSON.parse(await node(project, [limamlBin(), ...args, '--json', '--quiet']));
}

function limamlBin() {
  return join(project, 'node_modules/limaml/bin/limaml.js');
}

function npm(cwd, args) {
  return run(process.platform === 'win32' ? 'npm.cmd' : 'npm', args, cwd);
}

function node(cwd, args) {
  return run(process.execPath, args, cwd);
}

/** Runs a program to its end and gives what it wrote; ends this process when it fails. */
async function run(program, args, cwd) {
  const env = { ...process.env, NODE_OPTIONS: '', npm_config_fund: 'false' };
  try {
    const { stdout } = await execFileAsync(program, args, { cwd, env, maxBuffer: 2 ** 28 });
    return stdout;
  } catch ({ message, stdout = '', stderr = '' }) {
    return fail(`✗ ${basename(program)} ${args.join(' ')}\n${stdout}${stderr || message}`);
  }
}
