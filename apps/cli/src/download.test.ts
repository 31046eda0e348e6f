import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli, temporaryFolder, type CliRun } from './run-cli.test-support.js';

let cwd: string;

const download = (...args: string[]): Promise<CliRun> => runCli(['download', ...args], { cwd });

beforeAll(async () => {
  cwd = await temporaryFolder();
});

afterAll(() => rm(cwd, { recursive: true }));

describe('limaml download', () => {
  it('lists what there is', async () => {
    const { code, stdout } = await download();
    expect(code).toBe(0);
    expect(stdout).toMatch(/ml-100k +4\.9 MB +MovieLens-100K: 100,000 ratings/);
    const listed = JSON.parse((await download('--json')).stdout) as {
      datasets: { name: string }[];
    };
    expect(listed.datasets.map(({ name }) => name)).toContain('ml-1m');
  });

  it('shows the licence, and gets nothing before it is accepted', async () => {
    const { code, stdout, stderr } = await download('ml-100k');
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain('No commercial use');
    expect(stderr).toContain('Harper');
    expect(stderr).toMatch(/LIMAML_ERR_DATA_LICENCE.*--accept-licence/s);
    expect(await readdir(cwd)).toEqual([]);
  });

  it('takes files of --from that are the published ones only', async () => {
    const args = ['ml-100k', '--accept-licence', '--from'];
    await writeFile(join(cwd, 'ml-100k.zip'), 'not the archive');
    expect((await download(...args, 'ml-100k.zip')).stderr).toMatch(
      /DATA_CHECKSUM.*4924029 bytes/s,
    );
    await mkdir(join(cwd, 'mine'));
    expect((await download(...args, 'mine')).stderr).toContain('LIMAML_ERR_DATA_FILE_MISSING');
    await writeFile(join(cwd, 'mine/u.data'), '1\t1\t5\t881250949\n');
    expect((await download(...args, 'mine')).stderr).toMatch(/DATA_CHECKSUM.*u\.data/s);
    expect(await readdir(join(cwd, 'data'))).toEqual([]);
  });

  it('suggests a name', async () => {
    expect((await download('ml-1oom')).stderr).toMatch(/PUBLIC_UNKNOWN.*ml-100k, ml-1m, ml-25m/s);
  });
});
