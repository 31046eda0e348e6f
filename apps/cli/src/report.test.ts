import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli, temporaryFolder, type CliRun } from './run-cli.test-support.js';

let cwd: string;
let trained: CliRun;

const cli = (...args: string[]): Promise<CliRun> => runCli(args, { cwd });

/** An experiment with a section of its own, and one that throws. */
const SPEC = `
import { simulatorDataset } from '@limaml/data';
import { defineReportSection } from '@limaml/plugin';

export default {
  name: 'town', dataset: 'town', entity: 'member', models: [],
  baselines: ['global-mean', 'item-rate'], metrics: ['auc', 'logLoss'], seeds: [1],
  plugins: [
    simulatorDataset({ name: 'town', members: 60, jobs: 30 }),
    defineReportSection({
      name: 'size', title: 'Size of the data',
      render: ({ data }) => [{ kind: 'text', text: data.tasks + ' tasks' }],
    }),
    defineReportSection({
      name: 'broken', title: 'Broken',
      render: ({ models }) => [{ kind: 'text', text: models[99].name }],
    }),
  ],
};`;

beforeAll(async () => {
  cwd = await temporaryFolder();
  await writeFile(join(cwd, 'spec.ts'), SPEC);
  trained = await cli('experiment', 'spec.ts', '--out', 'out');
});

afterAll(() => rm(cwd, { recursive: true }));

describe('a report section that throws', () => {
  it('is named, and takes nothing else with it', async () => {
    expect(trained.code).toBe(1);
    expect(trained.stdout).toMatch(
      /town: test tasks[^]*Size of the data\n\d+ tasks[^]*All numbers/,
    );
    expect(trained.stderr).toMatch(/LIMAML_ERR_EXPERIMENT_REPORT_FAILED.*"broken": render\(\)/);
    const results: unknown = JSON.parse(await readFile(join(cwd, 'out/results.json'), 'utf8'));
    expect(results).toMatchObject({ experiment: 'town' });
  });
});

describe('limaml report', () => {
  it('shows the sections of an experiment again', async () => {
    const { stdout, code } = await cli('report', 'out');
    expect(stdout).toBe(trained.stdout.replace(/\nAll numbers.*\n/, ''));
    expect(code).toBe(1);
  });

  it('writes Markdown and JSON', async () => {
    const { stdout } = await cli('report', 'out', '--markdown');
    expect(stdout).toMatch(
      /^# town\n\n## Results\n\n[^]*\| item rate \|[^]*## Size of the data\n\n\d+ tasks/,
    );
    const json: unknown = JSON.parse((await cli('report', 'out', '--json')).stdout);
    expect(json).toMatchObject({
      experiment: 'town',
      sections: [{ name: 'overall' }, {}, { name: 'size' }],
    });
  });

  it('says when there are no results, or other ones', async () => {
    expect((await cli('report', '.')).stderr).toContain('LIMAML_ERR_EXPERIMENT_RESULTS_MISSING');
    await mkdir(join(cwd, 'odd'));
    await writeFile(join(cwd, 'odd/results.json'), '{"format": 1}');
    expect((await cli('report', 'odd')).stderr).toContain('LIMAML_ERR_EXPERIMENT_RECORD_CORRUPT');
  });
});
