import type { ExperimentResults } from '@limaml/experiment';
import type { GenerationReport } from '@limaml/serving';
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli, temporaryFolder, TINY_SPEC, type CliRun } from './run-cli.test-support.js';

let cwd: string;

const cli = (...args: string[]): Promise<CliRun> => runCli(args, { cwd });
const data = ['--data', 'marketplace=data'];
const served = ['--bundle', 'bundle', '--store', 'store'];

/** The document that `--json` printed; the run must have ended well. */
function jsonOf({ code, stdout, stderr }: CliRun): unknown {
  expect(stderr).not.toContain('LIMAML_ERR');
  expect(code).toBe(0);
  return JSON.parse(stdout);
}

beforeAll(async () => {
  cwd = await temporaryFolder();
});

afterAll(() => rm(cwd, { recursive: true }));

/** An execution provider of another operating system. */
const NOT_HERE = process.platform === 'darwin' ? 'dml' : 'coreml';

// One path from nothing to a moved ranking: each step works on what the one before left.
describe('from a simulated log to a personalised score', () => {
  it('simulates', async () => {
    const run = await cli(
      'simulate',
      '--out',
      'data',
      '--members',
      '80',
      '--jobs',
      '40',
      '--impressions',
      '50',
    );
    expect(run.code).toBe(0);
    expect(run.stdout).toContain('80 members');
    expect(await readdir(join(cwd, 'data'))).toContain('marketplace.json');
  });

  it('runs an experiment: table for people, results.json for machines', async () => {
    const run = await cli('experiment', TINY_SPEC, ...data, '--seeds', '2', '--out', 'runs');
    expect(run.code).toBe(0);
    expect(run.stdout).toMatch(/model\s+auc\s+logLoss/);
    expect(run.stdout).toContain('item rate');
    expect(run.stderr).toContain('Models and baselines');
    const results = JSON.parse(
      await readFile(join(cwd, 'runs/results.json'), 'utf8'),
    ) as ExperimentResults;
    expect(results.models.map(({ name }) => name)).toEqual([
      'Tiny',
      'Tiny, prior embedding',
      'global mean',
      'item rate',
    ]);
    expect(results.models[0]!.runs.map(({ seed }) => seed)).toEqual([1, 2]);
  });

  it('takes what is finished from there with --resume, and refuses without', async () => {
    const again = ['experiment', TINY_SPEC, ...data, '--seeds', '2', '--out', 'runs'];
    expect(await cli(...again)).toMatchObject({ code: 1 });
    const before = await readFile(join(cwd, 'runs/results.json'), 'utf8');
    const resumed = jsonOf(await cli(...again, '--resume', '--json')) as ExperimentResults;
    expect(resumed.models).toEqual((JSON.parse(before) as ExperimentResults).models);
  });

  it('saves what it has on Ctrl-C; resumed, it gives the numbers of an uninterrupted run', async () => {
    const args = ['experiment', TINY_SPEC, ...data, '--seeds', '2', '--out', 'cut', '--json'];
    const controller = new AbortController();
    const write = (text: string): void => {
      if (text.includes('Models and baselines')) controller.abort();
    };
    const cut = await runCli(args, { cwd, signal: controller.signal, stderr: { write } });
    expect(cut).toMatchObject({ code: 130, stdout: '' });
    const resumed = jsonOf(await cli(...args, '--resume')) as ExperimentResults;
    const whole = JSON.parse(
      await readFile(join(cwd, 'runs/results.json'), 'utf8'),
    ) as ExperimentResults;
    expect(resumed.models.map(({ metrics }) => metrics)).toEqual(
      whole.models.map(({ metrics }) => metrics),
    );
  });

  it('trains one model with one seed', async () => {
    const train = ['train', TINY_SPEC, ...data, '--seed', '7', '--out', 'one'];
    const { run } = jsonOf(await cli(...train, '--json')) as { run: string };
    expect(await readdir(run)).toContain('run.json');
    expect(await readdir(join(cwd, 'one'))).toContain('compiled');
  });

  it('trains on the processor where the execution provider does not work, and says so once', async () => {
    const train = ['train', TINY_SPEC, ...data, '--seed', '7', '--out', 'provided', '--json'];
    const run = await cli(...train, '--no-compile-cache', '--provider', NOT_HERE);
    expect(run.code).toBe(0);
    expect(await readdir(join(cwd, 'provided'))).not.toContain('compiled');
    expect(run.stderr.match(/ONNX Runtime on cpu, because \S+ does not work/g)).toHaveLength(1);
    const wrong = await cli(...train, '--overwrite', '--provider', 'abacus');
    expect(wrong.stderr).toContain('LIMAML_ERR_ORT_UNKNOWN_PROVIDER');
  });

  it('exports a run, from the folder of the experiment or its own', async () => {
    const exported = jsonOf(
      await cli('export', 'runs', '--seed', '2', '--out', 'bundle', '--json'),
    );
    expect(exported).toMatchObject({ manifest: { entity: 'member', candidates: 40 } });
    const single = await cli('export', 'one/runs/tiny/seed-7', '--out', 'other');
    expect(single).toMatchObject({ code: 0 });
    expect(await cli('export', 'runs', '--out', 'bundle')).toMatchObject({ code: 1 });
    expect(
      await cli('export', 'runs', '--seed', '2', '--out', 'bundle', '--overwrite'),
    ).toMatchObject({ code: 0 });
  });

  it('exports quantised, and tells what is in a bundle', async () => {
    const small = ['--embedding-dtype', 'int8', '--quantise-score'];
    const exported = await cli('export', 'runs', '--seed', '2', '--out', 'small', ...small);
    expect(exported.stdout).toMatch(
      /products of 8 bits: logits differ by .*, AUC 0\.\d{4} instead of/,
    );
    const told = await cli('inspect', 'small');
    expect(told).toMatchObject({ code: 0, stderr: '' });
    expect(told.stdout).toMatch(/embedding 4 × int8\n/);
    expect(told.stdout).toMatch(/data marketplace, fingerprint [0-9a-f]{12}\n/);
    expect(told.stdout).toMatch(
      /score\.onnx: opset 20.*\n {2}inputs\n {4}embedding float32 \[T, 4\]/,
    );
    expect(told.stdout).toContain('MatMulInteger 3');
    const inspected = jsonOf(await cli('inspect', 'small', '--json'));
    expect(inspected).toMatchObject({ manifest: { quantisation: { score: 'int8' } } });
    await writeFile(join(cwd, 'small/score.onnx'), 'something else');
    const damaged = await cli('inspect', 'small');
    expect(damaged.code).toBe(1);
    expect(damaged.stderr).toMatch(/^LIMAML_ERR_SERVING_FILE_SIZE/m);
  });

  it.each([
    ['spec.json', /RECORD_CORRUPT.*spec\.json.*Fix: Name the run folder itself/],
    ['origin.json', /RECORD_CORRUPT.*origin\.json.*Fix: Delete it, and say with --spec/],
  ])('says so when %s is damaged', async (file, message) => {
    await cp(join(cwd, 'runs'), join(cwd, 'damaged'), { recursive: true, force: true });
    await writeFile(join(cwd, 'damaged', file), '{"models": [');
    const args = ['export', 'damaged', '--out', 'unmade'];
    const run = await cli(...args);
    expect(run).toMatchObject({ code: 1, stdout: '' });
    expect(run.stderr).toMatch(message);
    expect(await readdir(cwd)).not.toContain('unmade');
  });

  it('exports without origin.json when told what was in it', async () => {
    await rm(join(cwd, 'damaged'), { recursive: true });
    await cp(join(cwd, 'runs'), join(cwd, 'damaged'), { recursive: true });
    await rm(join(cwd, 'damaged/origin.json'));
    const args = ['export', 'damaged', '--out', 'told', '--spec', TINY_SPEC, ...data];
    expect(await cli(...args)).toMatchObject({ code: 0 });
  });

  it('generates embeddings for everybody', async () => {
    const report = jsonOf(await cli('generate', ...served, ...data, '--json'));
    expect(report).toMatchObject({ entities: 80, failed: { count: 0 }, version: { version: 1 } });
    const other = ['--bundle', 'bundle', '--store', 'other-store'];
    const provided = await cli('generate', ...other, ...data, '--provider', NOT_HERE);
    expect(provided.stderr).toContain('ONNX Runtime on cpu, because');
  });

  it('seeds the event log of a server, and adds nothing the second time', async () => {
    const seed = ['seed-windows', '--bundle', 'bundle', ...data, '--events', 'events'];
    const first = jsonOf(await cli(...seed, '--json')) as { entities: number; added: number };
    expect(first.entities).toBeGreaterThan(50);
    expect(first.added).toBeGreaterThan(first.entities);
    const again = await cli(...seed, '--whole');
    expect(again.stdout).toBe(`0 events of ${first.entities} entities are new in events\n`);
  });

  it('generates the same from the whole log', async () => {
    const target = ['--bundle', 'bundle', '--store', 'whole-store', ...data, '--json'];
    const whole = jsonOf(await cli('generate', ...target, '--whole')) as GenerationReport;
    const parts = jsonOf(await cli('generate', ...target)) as GenerationReport;
    expect([whole.version.version, parts.version.version]).toEqual([1, 2]);
    const numbers = ({ entities, onPrior, failed, norms: { min, max } }: GenerationReport) => ({
      ...{ entities, onPrior, failed, min, max },
    });
    expect(numbers(parts)).toEqual(numbers(whole));
  });

  it('leaves the version in use when a generation is interrupted', async () => {
    const controller = new AbortController();
    const write = (text: string): void => {
      if (text.includes('Generating')) controller.abort();
    };
    const args = ['generate', ...served, ...data];
    const cut = await runCli(args, { cwd, signal: controller.signal, stderr: { write } });
    expect(cut).toMatchObject({ code: 130, stdout: '' });
    const score = ['score', ...served, '--entity', 'member-7', '--top', '1', '--json'];
    expect(jsonOf(await cli(...score))).toMatchObject({ version: 1, prior: false });
  });

  it('generates what is new, rehearses, resumes, and refuses what is outside the bounds', async () => {
    const target = ['--bundle', 'bundle', '--store', 'whole-store', ...data];
    const kept = await cli('generate', ...target, '--since', 'previous', '--resume');
    expect(kept.stdout).toMatch(/^Version \d+ of member embeddings \(float32\) is served from/);
    expect(kept.stdout).toMatch(/entities 80: generated 0, kept 80\n/);
    expect(kept.stdout).toMatch(/drift against version \d+, of 0:/);
    const dry = await cli('generate', ...target, '--dry-run', '--max-drift', '0.5');
    expect(dry.stdout).toMatch(/^Nothing was written to whole-store/);
    await cli('simulate', '--out', 'few', '--members', '30', '--jobs', '40', '--impressions', '9');
    const few = [...target.slice(0, -1), 'marketplace=few'];
    const refused = await cli('generate', ...few, '--min-coverage', '0.9', '--max-failed', '0');
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toMatch(/SERVING_PUBLISH_REFUSED.*coverage 0\.375 is under 0\.9/);
    expect((await cli('generate', ...target, '--since', '2001-01-01')).code).toBe(0);
    const wrong = await cli('generate', ...target, '--since', 'yesterday');
    expect(wrong.stderr).toContain('Expected "previous" or a moment');
    expect((await cli('generate', ...target, '--min-coverage', '2')).code).toBe(2);
    expect(await readdir(cwd)).not.toContain('dead-letters.jsonl');
  });

  it('tells how many rows of the data were malformed, and where', async () => {
    await cp(join(cwd, 'data'), join(cwd, 'worn'), { recursive: true });
    const csv = ['simulate', '--members', '80', '--jobs', '40', '--format', 'csv', '--overwrite'];
    await cli(...csv, '--out', 'worn');
    const file = join(cwd, 'worn/impressions.csv');
    await writeFile(
      file,
      (await readFile(file, 'utf8')).replace(/,[01],([^,]*,[^,]*\n)/, ',yes,$1'),
    );
    const target = ['--bundle', 'bundle', '--store', 'worn-store'];
    const run = await cli('generate', ...target, '--data', 'marketplace=worn');
    expect(run.stderr).toMatch(
      /1 malformed row was left out: label "clicked" is not a number: 1 \(impressions\.csv:2\)/,
    );
  });

  it('refuses to score from a store that does not exist, and makes none', async () => {
    const run = await cli(
      'score',
      '--bundle',
      'bundle',
      '--store',
      'stroe',
      '--entity',
      'm',
      '--top',
      '1',
    );
    expect(run).toMatchObject({ code: 1, stdout: '' });
    expect(run.stderr).toMatch(/^LIMAML_ERR_STORE_MISSING.*stroe"/m);
    expect(await readdir(cwd)).not.toContain('stroe');
  });

  it('scores by id and ranks', async () => {
    const top = await cli('score', ...served, '--entity', 'member-7', '--top', '3');
    expect(top.stdout).toMatch(/rank\s+candidate\s+probability/);
    expect(top.stdout).toMatch(/1\s+job-\d+\s+0\.\d{4}/);
    const some = jsonOf(
      await cli(
        'score',
        ...served,
        '--entity',
        'member-7',
        '--candidates',
        'job-1, job-2',
        '--json',
      ),
    );
    expect(some).toMatchObject({ prior: false, version: 1, candidates: [{}, {}] });
    const nobody = jsonOf(
      await cli('score', ...served, '--entity', 'nobody', '--top', '1', '--json'),
    );
    expect(nobody).toMatchObject({ prior: true });
  });

  it('says which candidates the bundle does not know, and scores them as unseen ones', async () => {
    const args = ['score', ...served, '--entity', 'member-7', '--candidates', 'job-1,jbo-2,jbo-3'];
    expect((await cli(...args)).stdout).toMatch(/scored as unseen candidates: jbo-2, jbo-3\n$/);
    const { unknown, candidates } = jsonOf(await cli(...args, '--json')) as {
      unknown: string[];
      candidates: { id: string; logit: number }[];
    };
    expect(unknown).toEqual(['jbo-2', 'jbo-3']);
    const [first, second] = candidates.filter(({ id }) => id.startsWith('jbo'));
    expect(first!.logit).toBeCloseTo(second!.logit, 6);
  });

  it('moves the ranking after new clicks, and keeps it moved', async () => {
    interface Ranked {
      candidates: { id: string; probability: number }[];
      before?: unknown;
    }
    const args = ['score', ...served, '--entity', 'member-7', '--top', '40'];
    const before = jsonOf(await cli(...args, '--json')) as Ranked;
    const clicked = before.candidates
      .slice(-3)
      .map(({ id }) => JSON.stringify({ candidate: id, label: 1 }));
    await writeFile(join(cwd, 'clicks.jsonl'), `${clicked.join('\n')}\n\n`);
    const events = ['--events', 'clicks.jsonl'];
    const after = jsonOf(await cli(...args, ...events, ...data, '--json')) as Ranked;
    expect(after.before).toEqual(before.candidates);
    expect(after.candidates).not.toEqual(before.candidates);
    expect((jsonOf(await cli(...args, '--json')) as Ranked).candidates).toEqual(after.candidates);
    expect((await cli(...args, ...events)).stdout).toContain('rank before');
  });

  it('refuses a store that another bundle filled', async () => {
    const run = await cli(
      'score',
      '--bundle',
      'other',
      '--store',
      'store',
      '--entity',
      'member-7',
      '--top',
      '1',
    );
    expect(run.code).toBe(1);
    expect(run.stderr).toMatch(/^LIMAML_ERR_SERVING_STORE_MISMATCH/m);
    expect(run.stderr).not.toMatch(/^\s+at /m);
  });
});
