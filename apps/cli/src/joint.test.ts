import type { GenerationReport } from '@limaml/serving';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli, temporaryFolder, type CliRun } from './run-cli.test-support.js';

const SPEC = new URL('./joint-experiment.test-support.ts', import.meta.url).pathname;
const data = ['--data', 'marketplace=data'];
const served = ['--bundle', 'bundle', '--store', 'store'];

let cwd: string;

const cli = (...args: string[]): Promise<CliRun> => runCli(args, { cwd });

beforeAll(async () => {
  cwd = await temporaryFolder();
  await cli(
    'simulate',
    '--out',
    'data',
    ...['--members', '60', '--jobs', '30', '--impressions', '20'],
  );
  const trained = await cli('train', SPEC, ...data, '--out', 'run');
  expect(trained).toMatchObject({ code: 0 });
}, 120_000);

afterAll(() => rm(cwd, { recursive: true }));

describe('a model of several entity types', () => {
  it('is exported as one bundle, which says so', async () => {
    const exported = await cli('export', 'run', '--out', 'bundle', '--quantise-score');
    expect(exported).toMatchObject({ code: 0 });
    expect(exported.stdout).toContain('what that costs was not measured');
    expect(await readdir(join(cwd, 'bundle'))).toContain('adapt.job.onnx');
    const told = await cli('inspect', 'bundle');
    expect(told.stdout).toContain('rows read embeddings of job: 5 × float32, support at most 40');
    expect(told.stdout).toMatch(
      /score\.onnx: .*\n {2}inputs\n(?:.*\n)* {4}row\.embedding\.job float32/,
    );
  });

  it('is generated type after type, in parts and whole, and scored', async () => {
    const all = await cli('generate', ...served, ...data, '--json');
    const { version, others } = JSON.parse(all.stdout) as GenerationReport & {
      readonly others: Readonly<Record<string, GenerationReport>>;
    };
    expect(version).toMatchObject({ entity: 'member', count: 60 });
    expect(others.job!.version).toMatchObject({ entity: 'job', count: 30 });
    const again = await cli('generate', ...served, ...data, '--entity-type', 'job', '--whole');
    expect(again.stdout).toMatch(/^Version 3 of job embeddings/);
    expect(again.stdout).toContain('cosine distance');
    const ranked = await cli('score', ...served, '--entity', 'member-7', '--top', '3');
    expect(ranked).toMatchObject({ code: 0 });
  });

  it('has embeddings of its own types only', async () => {
    const refused = await cli('generate', ...served, ...data, '--entity-type', 'company');
    expect(refused.stderr).toMatch(/LIMAML_ERR_CLI_ENTITY_TYPE.*one of job, member/s);
  });
});
