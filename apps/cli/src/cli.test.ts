import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli, temporaryFolder, TINY_SPEC, type CliRun } from './run-cli.test-support.js';

let cwd: string;

const cli = (...args: string[]): Promise<CliRun> => runCli(args, { cwd });
const write = (name: string, text: string): Promise<void> => writeFile(join(cwd, name), text);

beforeAll(async () => {
  cwd = await temporaryFolder();
});

afterAll(() => rm(cwd, { recursive: true }));

describe('help', () => {
  it.each([
    ...['simulate', 'download', 'train', 'experiment', 'report', 'export', 'generate', 'score'],
    ...['plugins', 'ablate', 'sweep', 'schema'],
  ])('of %s shows options, examples and the options of every command', async (command) => {
    const run = await cli(command, '--help');
    expect(run.code).toBe(0);
    expect(run.stdout).toContain('Examples:');
    expect(run.stdout).toContain('--json');
    expect(run.stdout).toContain(`$ limaml ${command}`);
  });

  it('lists the commands and the exit codes', async () => {
    const { code, stdout } = await cli('--help');
    expect(code).toBe(0);
    expect(stdout).toContain('Exit codes: 0 done');
    expect(stdout).toContain('experiment');
  });

  it('shows defaults', async () => {
    expect((await cli('simulate', '--help')).stdout).toMatch(
      /members, each a task \(default:\s+2000\)/,
    );
  });

  it('tells the version', async () => {
    expect((await cli('--version')).stdout).toMatch(/^\d+\.\d+\.\d+/);
  });
});

describe('a wrong command line ends with code 2 and a hint', () => {
  it.each([
    [['simulat'], /Did you mean simulate/],
    [['simulate'], /required option '--out <folder>'/],
    [['simulate', '--out', 'x', '--seed', 'one'], /whole number/],
    [['simulate', '--out', 'x', '--members', '0'], /at least 1/],
    [['simulate', '--out', 'x', '--format', 'xml'], /parquet, csv/],
    [['experiment', '--out', 'o'], /missing required argument 'spec'/],
    [['experiment', 'x.ts', '--out', 'o', '--data', 'nothing'], /name=path/],
    [['ablate', 'x.ts', '--out', 'o', '--levels', 'order'], /name=level,level/],
    [['schema', 'experiments'], /experiment, sweep/],
    [
      ['score', '--bundle', 'b', '--store', 's', '--entity', 'e', '--candidates', 'a,,b'],
      /separated by commas/,
    ],
  ])('%j', async (args, hint) => {
    const run = await cli(...args);
    expect(run.code).toBe(2);
    expect(run.stderr).toMatch(hint);
    expect(run.stdout).toBe('');
  });
});

describe('failures end with code 1 and a coded error', () => {
  it.each([
    ['FILE_MISSING', ['train', 'no-such.ts', '--out', 'o']],
    ['OPTION_INVALID', ['train', TINY_SPEC, '--model', 'Huge', '--out', 'o']],
    ['RUN_MISSING', ['export', '.', '--out', 'o']],
    ['DATASET_UNUSED', ['train', TINY_SPEC, '--data', 'marktplace=data', '--out', 'o']],
    ['CANDIDATES_UNNAMED', ['score', '--bundle', 'b', '--store', 's', '--entity', 'e']],
  ])('LIMAML_ERR_CLI_%s', async (cause, args) => {
    const run = await cli(...args);
    expect(run.code).toBe(1);
    expect(run.stderr).toContain(`LIMAML_ERR_CLI_${cause}: `);
    expect(run.stderr).not.toMatch(/^\s+at /m);
  });

  it('says where a spec is wrong, and shows the stack only when asked', async () => {
    await write('broken.ts', 'throw new TypeError("no such thing");');
    const run = await cli('train', 'broken.ts', '--out', 'o');
    expect(run.stderr).toMatch(/LIMAML_ERR_CLI_MODULE_UNLOADABLE.*no such thing/);
    expect(run.stderr).not.toMatch(/^\s+at /m);
    const traced = await cli('train', 'broken.ts', '--out', 'o', '--verbose');
    expect(traced.stderr).toMatch(/^\s+at /m);
    const debugged = await runCli(['train', 'broken.ts', '--out', 'o'], {
      cwd,
      env: { LIMAML_DEBUG: '1' },
    });
    expect(debugged.stderr).toMatch(/^\s+at /m);
  });

  it('keeps the code of errors that a spec throws', async () => {
    await write(
      'typo.ts',
      'export default { name: "x", dataset: "marketplace", entity: "member", modles: [] };',
    );
    expect((await cli('train', 'typo.ts', '--out', 'o')).stderr).toMatch(
      /SPEC_KEY_UNKNOWN.*"models"/s,
    );
  });

  it('lets no byte of a file steer the terminal', async () => {
    await mkdir(join(cwd, 'noise'));
    const simulated = [
      'simulate',
      '--members',
      '5',
      '--jobs',
      '5',
      '--format',
      'csv',
      '--overwrite',
    ];
    await cli(...simulated, '--out', 'noise');
    await write('noise/impressions.csv', 'a\u001b[2J,b\u0007\u009b1m\n');
    const run = await cli('train', TINY_SPEC, '--data', 'marketplace=noise', '--out', 'o');
    expect(run.stderr).toContain('LIMAML_ERR_DATA_COLUMN_MISSING');
    expect(run.stderr.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  });

  it('gives errors as JSON with --json', async () => {
    const run = await cli('train', 'no-such.ts', '--out', 'o', '--json');
    expect(JSON.parse(run.stderr)).toMatchObject({
      error: { code: 'LIMAML_ERR_CLI_FILE_MISSING', where: { file: join(cwd, 'no-such.ts') } },
    });
  });

  it('never writes into a folder that is not empty', async () => {
    await write('precious.txt', 'keep me');
    expect((await cli('simulate', '--out', '.')).stderr).toContain('LIMAML_ERR_CLI_OUTPUT_EXISTS');
  });
});

describe('interruption', () => {
  it('ends with code 130 and says so', async () => {
    const controller = new AbortController();
    controller.abort();
    const run = await runCli(['train', TINY_SPEC, '--out', 'stopped'], {
      cwd,
      signal: controller.signal,
    });
    expect(run.code).toBe(130);
    expect(run.stderr).toMatch(/LIMAML_ERR_(?:CLI|EXPERIMENT)_INTERRUPTED/);
  });
});

describe('limaml create entity', () => {
  it('writes a package, but for --dry-run', async () => {
    const dry = await cli('create', 'entity', 'course', '--dry-run');
    expect(dry.stdout).toMatch(
      /Would create[^]*limaml-entity-course\/package\.json[^]*Nothing was/,
    );
    const run = await cli('create', 'entity', 'course', '--directory', 'plugins/course');
    expect(run.stdout).toContain('Next: cd plugins/course && npm install && npm test');
    const source = await readFile(join(cwd, 'plugins/course/src/index.ts'), 'utf8');
    expect(source).toContain('export function courseEntity(');
    const again = await cli('create', 'entity', 'course', '--directory', 'plugins/course');
    expect(again.stderr).toContain('LIMAML_ERR_NX_FILES_EXIST');
    expect((await cli('create', 'entity', 'Course')).stderr).toContain(
      'LIMAML_ERR_NX_NAME_INVALID',
    );
  });

  it('has a help with examples', async () => {
    const { stdout } = await cli('create', 'entity', '--help');
    expect(stdout).toContain('$ limaml create entity course');
    expect(stdout).toContain('--json');
  });

  it('says when it may not write', async () => {
    await write('file', '');
    const run = await cli('create', 'entity', 'course', '--directory', 'file/course');
    expect(run.stderr).toContain('LIMAML_ERR_CLI_PACKAGE_UNWRITABLE');
  });
});
