import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli, temporaryFolder, TINY_SPEC, type CliRun } from './run-cli.test-support.js';

let cwd: string;

const cli = (...args: string[]): Promise<CliRun> => runCli([...args, '--quiet'], { cwd });
const write = (name: string, text: string): Promise<void> => writeFile(join(cwd, name), text);
const readJson = async (name: string): Promise<unknown> =>
  JSON.parse(await readFile(join(cwd, name), 'utf8'));

/** A spec without models of its own: it needs no module. */
const PLAIN = {
  $schema: './experiment.schema.json',
  name: 'plain',
  dataset: 'marketplace',
  entity: 'member',
  baselines: ['item-rate', 'global-mean'],
  metrics: ['auc', 'recall@3', 'ndcg-linear@1'],
  seeds: [1],
  variants: { short: { baselines: ['global-mean'] } },
};

beforeAll(async () => {
  cwd = await temporaryFolder();
  const simulated = ['simulate', '--members', '80', '--jobs', '30', '--impressions', '25'];
  await cli(...simulated, '--out', 'data');
  await write('plain.json', JSON.stringify(PLAIN));
  await write(
    'sweep.ts',
    `import { choice, defineSweep, logUniform } from '@limaml/experiment';
import tiny from ${JSON.stringify(TINY_SPEC)};
export default defineSweep({
  experiment: { ...tiny, split: { validationShare: 0.3 } },
  space: { 'training.optimiser.learningRate': logUniform(1e-3, 1e-1), 'algorithm.innerSteps': choice([1, 2]) },
  search: 'asha',
  trials: 4,
  asha: { reduction: 2 },
});
`,
  );
});

afterAll(() => rm(cwd, { recursive: true }));

const data = ['--data', 'marketplace=data'];

describe('a spec in JSON', () => {
  it('is run like a module, with metrics at the ranks that it names', async () => {
    const run = await cli('experiment', 'plain.json', ...data, '--out', 'plain');
    expect(run.stderr).toBe('');
    expect(run.stdout).toMatch(/recall@3 +ndcg-linear@1/);
  });

  it('has variants, and what was chosen is recorded', async () => {
    const run = await cli(
      ...['experiment', 'plain.json', '--variant', 'short', ...data, '--out', 'short', '--json'],
    );
    expect(JSON.parse(run.stdout)).toMatchObject({
      experiment: 'plain, short',
      models: [{ name: 'global mean' }],
    });
    const recorded = await readJson('short/spec.json');
    expect(recorded).toMatchObject({ variant: 'short', baselines: ['global-mean'] });
    expect(recorded).not.toHaveProperty('variants');
  });

  it.each([
    [['plain.json', '--variant', 'shrt'], /VARIANT_UNKNOWN.*Did you mean "short"/s],
    [['typo.json'], /SPEC_KEY_UNKNOWN.*Did you mean "seeds"/s],
    [['broken.json'], /MODULE_UNLOADABLE.*JSON/s],
    [['missing.json'], /FILE_MISSING/],
  ])('says what is wrong: %j', async (args, message) => {
    await write('typo.json', JSON.stringify({ ...PLAIN, sedes: [1] }));
    await write('broken.json', '{');
    const run = await cli('experiment', ...args, '--out', 'wrong');
    expect(run.code).toBe(1);
    expect(run.stderr).toMatch(message);
  });
});

describe('limaml schema', () => {
  it.each(['experiment', 'sweep'])('prints the JSON schema of: %s', async (kind) => {
    const { stdout } = await cli('schema', kind);
    expect(JSON.parse(stdout)).toMatchObject({ type: 'object', additionalProperties: false });
    expect(JSON.parse((await cli('schema', kind, '--json')).stdout)).toEqual(JSON.parse(stdout));
  });
});

describe('limaml ablate', () => {
  it('compares a model with what it would be with one thing changed', async () => {
    const options = ['--over', 'inner-steps,order', '--levels', 'inner-steps=0,1'];
    const run = await cli('ablate', TINY_SPEC, ...options, ...data, '--out', 'ablation');
    expect(run.stderr).toBe('');
    expect(run.stdout).toMatch(/inner-steps: Δ is the level minus Tiny, paired over 1 seed/);
    expect(run.stdout).toMatch(/\n0 +0\.\d{4}( ±0\.\d{4})? +[+−]/);
    expect(run.stdout).toMatch(/\n1 \(Tiny\) +0\.\d{4} +–/);
    expect(run.stdout).toMatch(/\nfirst +0\.\d{4}/);
    const again = await cli('report', 'ablation');
    expect(again.stdout).toContain('inner-steps: Δ is the level minus Tiny');
    expect((await cli('export', 'ablation', '--out', 'bundle')).code).toBe(0);
  });

  it('says what cannot be changed', async () => {
    const run = await cli('ablate', TINY_SPEC, '--over', 'meta-block', '--out', 'wrong');
    expect(run.stderr).toMatch(/ABLATION_IMPOSSIBLE.*"tiny" has one meta block/s);
  });
});

describe('limaml sweep', () => {
  it('shows trials, what won and its test, and leaves a run to export', async () => {
    const run = await cli('sweep', 'sweep.ts', ...data, '--out', 'sweep');
    expect(run.stderr).toBe('');
    expect(run.stdout).toMatch(/4 trials, by auc of the validation tasks/);
    expect(run.stdout).toMatch(/Best is trial \d/);
    expect(await readJson('sweep/sweep.json')).toMatchObject({ model: 'Tiny' });
    expect((await cli('export', 'sweep/winner', '--out', 'best')).code).toBe(0);
    const refused = await cli('sweep', 'sweep.ts', ...data, '--out', 'sweep');
    expect(refused.stderr).toContain('LIMAML_ERR_EXPERIMENT_OUT_EXISTS');
    const resumed = await cli('sweep', 'sweep.ts', ...data, '--out', 'sweep', '--resume');
    expect(resumed.stdout).toBe(run.stdout);
  });

  it('stops at Ctrl-C and goes on with --resume', async () => {
    const controller = new AbortController();
    const args = ['sweep', 'sweep.ts', ...data, '--out', 'stopped'];
    const stderr = {
      write: (text: string): void => {
        if (text.includes('Trials')) controller.abort();
      },
    };
    const stopped = await runCli(args, { cwd, signal: controller.signal, stderr });
    expect(stopped.code).toBe(130);
    const resumed = await cli(...args, '--resume');
    const whole = await cli('sweep', 'sweep.ts', ...data, '--out', 'whole');
    const withoutTimes = (text: string): string =>
      text.replaceAll(/ \d+\.\d\n/g, '\n').replaceAll(/All numbers.*/g, '');
    expect(withoutTimes(resumed.stdout)).toBe(withoutTimes(whole.stdout));
  });

  it('says what is wrong with a space', async () => {
    const space = { 'algorithm.innerStep': { kind: 'choice', values: [1] } };
    const experiment = { ...PLAIN, models: [{ name: 'm', model: 'limaml' }] };
    await write('sweep.json', JSON.stringify({ experiment, space }));
    const run = await cli('sweep', 'sweep.json', ...data, '--out', 'wrong');
    expect(run.stderr).toMatch(/SPEC_KEY_UNKNOWN.*Did you mean "innerSteps"/s);
  });
});
