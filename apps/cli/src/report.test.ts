import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
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
    const shown = trained.stdout.replace(/\nAll numbers.*\n/, '\nReport: out/report/report.html\n');
    expect(stdout).toBe(shown);
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
      sections: expect.arrayContaining([
        expect.objectContaining({ name: 'overall' }),
        expect.objectContaining({ name: 'size' }),
      ]) as unknown,
    });
  });

  it('writes one page, and Markdown with pictures', async () => {
    await cli('report', 'out', '--out', 'written', '--png');
    const page = await readFile(join(cwd, 'written/report.html'), 'utf8');
    expect(page).toMatch(/^<!doctype html>[^]*<h1>town<\/h1>[^]*<svg [^]*Size of the data/);
    const text = await readFile(join(cwd, 'written/report.md'), 'utf8');
    expect(text).toContain('](figures/overall-1.svg)');
    const files = await readdir(join(cwd, 'written/figures'));
    expect(files).toEqual(expect.arrayContaining(['overall-1.png', 'overall-1.svg']));
  });

  it('reads what the runs kept', async () => {
    const { stdout } = await cli('report', 'out');
    expect(stdout).toMatch(/\nReliability: .*\n(?:.*\n)*?item rate, all seeds {2}[▁▂▃▄▅▆▇█]+/);
  });

  it('says when there are no results, or other ones', async () => {
    expect((await cli('report', '.')).stderr).toContain('LIMAML_ERR_EXPERIMENT_RESULTS_MISSING');
    await mkdir(join(cwd, 'odd'));
    await writeFile(join(cwd, 'odd/results.json'), '{"format": 1}');
    expect((await cli('report', 'odd')).stderr).toContain('LIMAML_ERR_EXPERIMENT_RECORD_CORRUPT');
  });
});

describe('limaml compare', () => {
  it('says what differs, and writes a page', async () => {
    await writeFile(join(cwd, 'other.ts'), SPEC.replace("'global-mean', ", ''));
    await cli('experiment', 'other.ts', '--out', 'other');
    const { stdout, code } = await cli('compare', 'out', 'other', '--out', 'compared');
    expect(code).toBe(0);
    expect(stdout).toMatch(/paired by seed, over 1 seed:/);
    expect(stdout).toContain('Only in out: global mean.');
    expect(stdout).toMatch(/baselines +\["global-mean","item-rate"\] +\["item-rate"\]/);
    expect(stdout).toMatch(/item rate +\+0\.0000 +\+0\.0000\n/);
    expect(stdout).toContain('\nReport: compared/report.html\n');
    const page = await readFile(join(cwd, 'compared/report.html'), 'utf8');
    expect(page).toContain('<h1>other against out</h1>');
  });

  it('says where there are no results', async () => {
    const { stderr, code } = await cli('compare', 'out', 'nowhere');
    expect([code, stderr]).toEqual([1, expect.stringContaining('EXPERIMENT_RESULTS_MISSING')]);
  });
});
