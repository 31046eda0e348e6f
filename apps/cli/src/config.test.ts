import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli, temporaryFolder, type CliRun } from './run-cli.test-support.js';

let cwd: string;

const cli = (...args: string[]): Promise<CliRun> => runCli(args, { cwd });

async function write(name: string, text: string): Promise<void> {
  await mkdir(dirname(join(cwd, name)), { recursive: true });
  await writeFile(join(cwd, name), text);
}

const configure = (...plugins: string[]): Promise<void> =>
  write(
    'limaml.config.ts',
    `import { defineConfig } from 'limaml';
     import { simulatorDataset } from '@limaml/data';
     export default defineConfig({ plugins: [${plugins.join(', ')}] });`,
  );

/** A metric that counts tasks, as a module of `form`. */
const metric = (name: string, form = 'export default'): string =>
  `const { defineMetric } = require('@limaml/plugin');
   const metric = () => defineMetric({ name: '${name}', better: 'higher', description: 'tasks',
     evaluate: ({ tasks }) => tasks });
   ${form} metric();`;

beforeAll(async () => {
  cwd = await temporaryFolder();
  await write('local.ts', metric('local', 'export default').replace('metric();', 'metric;'));
  await write('list.cjs', metric('one', 'const one =') + `module.exports = [one];`);
  await write('broken.ts', 'throw new TypeError("no such thing");');
  await write('empty.ts', 'export const metric = 1;');
  await write('stuck.ts', 'export default () => { throw new RangeError("no arguments"); };');
  const manifest = { name: 'limaml-tasks', version: '1.2.3', main: 'index.cjs' };
  await write('node_modules/limaml-tasks/package.json', JSON.stringify(manifest));
  await write('node_modules/limaml-tasks/index.cjs', metric('packaged', 'module.exports ='));
});

afterAll(() => rm(cwd, { recursive: true }));

describe('limaml.config.ts', () => {
  it('lists values, packages by name and local files', async () => {
    await configure(
      "simulatorDataset({ name: 'town', members: 60, jobs: 30 })",
      "'limaml-tasks'",
      "'./local.ts'",
      "'./list.cjs'",
    );
    const { stdout } = await cli('plugins', '--json');
    const { plugins } = JSON.parse(stdout) as { plugins: Record<string, unknown>[] };
    const find = (name: string) => plugins.find((plugin) => plugin.name === name);
    expect(find('town')).toMatchObject({ from: 'config', file: join(cwd, 'limaml.config.ts') });
    const origin = { from: 'package', package: 'limaml-tasks', version: '1.2.3' };
    expect(find('packaged')).toMatchObject(origin);
    expect(find('local')).toMatchObject({
      kind: 'metric',
      from: 'file',
      file: join(cwd, 'local.ts'),
    });
    expect(find('one')).toMatchObject({ from: 'file' });
    expect(find('member')).toMatchObject({ from: 'built-in', package: 'limaml' });
  });

  it('has its plugins used by a spec', async () => {
    await configure("simulatorDataset({ name: 'town', members: 60, jobs: 30 })", "'./local.ts'");
    await write(
      'spec.ts',
      `export default { name: 'x', dataset: 'town', entity: 'member', models: [],
         baselines: ['global-mean'], metrics: ['local'], seeds: [1] };`,
    );
    const run = await cli('experiment', 'spec.ts', '--out', 'out', '--json');
    expect(JSON.parse(run.stdout)).toMatchObject({ data: { name: 'town' } });
  });

  it.each([
    ['PLUGIN_NOT_FOUND', "'limaml-clicks'", /"limaml-clicks", which is not there/],
    ['PLUGIN_NOT_FOUND', "'./missing.ts'", /"\.\/missing\.ts"/],
    ['PLUGIN_NOT_FOUND', "'https://example.org/plugin.js'", /installed package/],
    ['PLUGIN_NOT_FOUND', "'data:text/javascript,export default 1'", /installed package/],
    ['PLUGIN_NOT_FOUND', "'fs'", /installed package/],
    ['PLUGIN_UNLOADABLE', "'./broken.ts'", /no such thing/],
    ['PLUGIN_UNLOADABLE', "'./stuck.ts'", /no arguments/],
    ['PLUGIN_EXPORT', "'./empty.ts'", /default export of "\.\/empty\.ts" is no plugin/],
  ])('LIMAML_ERR_CLI_%s for %s', async (cause, entry, message) => {
    await configure(entry);
    const run = await cli('plugins');
    expect(run.code).toBe(1);
    expect(run.stderr).toContain(`LIMAML_ERR_CLI_${cause}: `);
    expect(run.stderr).toMatch(message);
  });

  it('keeps the codes of wrong plugins', async () => {
    await configure("'./local.ts'", "'./local.ts'");
    expect((await cli('plugins')).stderr).toContain('LIMAML_ERR_PLUGIN_DUPLICATE');
    await configure("{ kind: 'metric', name: 'x' }");
    expect((await cli('plugins')).stderr).toContain('LIMAML_ERR_PLUGIN_NOT_A_PLUGIN');
    await write('limaml.config.ts', 'export default {};');
    expect((await cli('plugins')).stderr).toContain('LIMAML_ERR_CLI_MODULE_EXPORT');
  });
});

describe('limaml plugins', () => {
  it('shows kind, name, version and origin', async () => {
    await configure("'limaml-tasks'", "'./local.ts'");
    const { stdout } = await cli('plugins');
    expect(stdout).toMatch(/^\d+ plugins\nkind +name +contract +version +from\n─+\n/);
    expect(stdout).toMatch(/entity +member +v1 +\d+\.\d+\.\d+ +built in/);
    expect(stdout).toMatch(/metric +packaged +v1 +1\.2\.3 +package limaml-tasks/);
    expect(stdout).toMatch(/metric +local +v1 +– +file local\.ts/);
  });

  it('shows one kind', async () => {
    await configure();
    const { stdout } = await cli('plugins', '--kind', 'report');
    expect(stdout).toContain('plugins of kind report');
    expect(stdout).not.toContain('entity');
    expect((await cli('plugins', '--kind', 'entitty')).stderr).toMatch(
      /OPTION_INVALID.*one of entity/s,
    );
  });
});
