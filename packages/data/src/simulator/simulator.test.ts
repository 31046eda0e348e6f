import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { InteractionLog } from '@limaml/plugin';
import {
  buildTasks,
  marketplaceSpec,
  simulatorDataset,
  tableDataset,
  tableRecord,
  writeMarketplace,
} from '../index.js';
import type { SimulatorOptions } from '../index.js';
import { member } from '../small-log.test-support.js';
import { simulateImpressions } from './impressions.js';
import { resolveOptions } from './options.js';
import { createWorld } from './world.js';

const SMALL: SimulatorOptions = { members: 200, jobs: 80, companies: 12, days: 20 };
const simulate = (options: SimulatorOptions = {}) =>
  simulatorDataset({ ...SMALL, ...options }).load({ path: undefined });

describe('simulatorDataset', () => {
  it('gives the same log for the same seed and another for another', async () => {
    const [first, again, other] = [await simulate(), await simulate(), await simulate({ seed: 2 })];
    expect(again).toEqual(first);
    expect(other.label).not.toEqual(first.label);
  });

  it('clicks with the probabilities it states, at the rate asked for', async () => {
    const log = await simulate({ members: 2000, clickRate: 0.3 });
    const probability = log.trueProbability!;
    expect(mean(log.label)).toBeCloseTo(mean(probability), 2);
    expect(Math.abs(mean(log.label) - 0.3)).toBeLessThan(0.04);
    for (const [low, high] of [
      [0, 0.2],
      [0.2, 0.5],
      [0.5, 0.8],
      [0.8, 1],
    ] as const) {
      const rows = [...probability.keys()].filter(
        (row) => probability[row]! >= low && probability[row]! < high,
      );
      const gap =
        mean(rows.map((row) => log.label[row]!)) - mean(rows.map((row) => probability[row]!));
      expect(Math.abs(gap)).toBeLessThan(0.02);
    }
  });

  it('has members of very different activity', async () => {
    const log = await simulate({ members: 1000 });
    const { offsets, taskIds } = buildTasks(log, member);
    const counts = taskIds
      .map((_, task) => offsets[task + 1]! - offsets[task]!)
      .sort((a, b) => a - b);
    expect(mean(counts)).toBeGreaterThan(1.3 * counts[counts.length >> 1]!);
    expect(counts.at(-1)!).toBeGreaterThan(5 * mean(counts));
  });

  it('has tastes that set members apart, and drift', async () => {
    const spread = async (options: SimulatorOptions) =>
      variance((await simulate(options)).trueProbability!);
    expect(await spread({ tasteStrength: 0 })).toBeLessThan(0.6 * (await spread({})));
    const stable = repeatGap(await simulate({ members: 600, days: 60, tasteDays: Infinity }));
    const drifting = repeatGap(await simulate({ members: 600, days: 60, tasteDays: 10 }));
    expect(stable).toBeCloseTo(0, 6);
    expect(drifting).toBeGreaterThan(0.1);
  });

  it('refers to the company of each job, and shows no hidden column', async () => {
    const log = await simulate();
    const world = createWorld(resolveOptions(SMALL));
    log.refs.job!.forEach((job, row) => {
      expect(log.refs.company![row]).toBe(world.jobs.company[job]);
    });
    expect(Object.keys(log.entities.job!.table.columns)).toEqual([
      'field',
      'level',
      'location',
      'remote',
      'skills',
      'salary',
    ]);
  });

  it('works for the smallest world', async () => {
    const log = await simulate({
      members: 1,
      jobs: 1,
      companies: 1,
      days: 1,
      impressionsPerMember: 50,
    });
    expect(log.rows).toBeGreaterThan(0);
  });

  it('streams in batches of bounded size that do not change the numbers', () => {
    const world = createWorld(resolveOptions(SMALL));
    const batches = [...simulateImpressions(world, 500)];
    expect(Math.max(...batches.map(({ rows }) => rows))).toBeLessThanOrEqual(500);
    const whole = [...simulateImpressions(world)];
    expect(whole).toHaveLength(1);
    expect(batches.flatMap(({ job }) => [...job])).toEqual([...whole[0]!.job]);
  });

  it('refuses impossible options', () => {
    expect(() => simulatorDataset({ members: 0 })).toThrow('LIMAML_ERR_DATA_OPTION');
    expect(() => simulatorDataset({ clickRate: 1 })).toThrow('"clickRate"');
    expect(() => simulatorDataset({ seed: NaN })).toThrow('"seed"');
    expect(() => simulatorDataset({ membrs: 3 } as SimulatorOptions)).toThrow(
      'Did you mean "members"',
    );
  });
});

describe('writeMarketplace', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'limaml-market-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it.each(['parquet', 'csv'] as const)(
    'writes %s that reads back as the log in memory',
    async (format) => {
      const market = path.join(folder, format);
      const shares: number[] = [];
      await writeMarketplace(market, {
        ...SMALL,
        format,
        onProgress: (share) => shares.push(share),
      });
      const log = await tableDataset(await marketplaceSpec(market)).load({ path: market });
      const expected = await simulate();
      expect(comparable(log)).toEqual(comparable(expected));
      expect(shares.length).toBeGreaterThan(0);
      expect((await readdir(market)).filter((name) => name.includes('partial'))).toEqual([]);
    },
  );

  it('divides members and impressions, block by block', async () => {
    const market = path.join(folder, 'parts');
    const options = { ...SMALL, partitions: 3 };
    await writeMarketplace(market, { ...SMALL, partitions: 7 });
    const spec = await writeMarketplace(market, options);
    expect((await readdir(path.join(market, 'impressions'))).sort()).toEqual([
      'part-00000.parquet',
      'part-00001.parquet',
      'part-00002.parquet',
    ]);
    const log = await tableDataset(spec).load({ path: market });
    const whole = await simulate();
    expect(log.entities.member!.ids).toEqual(whole.entities.member!.ids);
    expect(log.entities.job!.ids).toEqual(whole.entities.job!.ids);
    expect(tableRecord(log.entities.job!.table, 5)).toEqual(
      tableRecord(whole.entities.job!.table, 5),
    );
    const clicks = (one: InteractionLog) => one.label.reduce((sum, y) => sum + y, 0) / one.rows;
    expect(Math.abs(clicks(log) - clicks(whole))).toBeLessThan(0.05);
    const again = path.join(folder, 'again');
    await writeMarketplace(again, { ...options, format: 'csv' });
    const same = await tableDataset(await marketplaceSpec(again)).load({ path: again });
    expect(comparable(same)).toEqual(comparable(log));
    // Every member's rows lie in one file, and blocks follow each other.
    const blocks = Array.from(log.refs.member!, (member) =>
      Math.floor((3 * member + 2) / log.entities.member!.ids.length),
    );
    expect(blocks).toEqual([...blocks].sort());
    await expect(writeMarketplace(again, { members: 2, partitions: 3 })).rejects.toThrow(
      /DATA_OPTION.*"partitions" is 3/,
    );
  });

  it('leaves what was there alone when it cannot write', async () => {
    const blocked = path.join(folder, 'file');
    await writeFile(blocked, 'x');
    await expect(writeMarketplace(blocked, SMALL)).rejects.toThrow('LIMAML_ERR_DATA_WRITE');
    expect(existsSync(blocked)).toBe(true);
    await chmod(blocked, 0o644);
  });

  it('stops when it is told to, and leaves no half file', async () => {
    const stopped = await mkdtemp(path.join(tmpdir(), 'limaml-stopped-'));
    const controller = new AbortController();
    const writing = writeMarketplace(stopped, {
      format: 'csv',
      members: 500,
      signal: controller.signal,
      onProgress: () => {
        controller.abort();
      },
    });
    await expect(writing).rejects.toThrow(/abort/i);
    expect((await readdir(stopped)).sort()).toEqual(['companies.csv', 'jobs.csv', 'members.csv']);
    await rm(stopped, { recursive: true });
  });

  it('finds no spec in another folder, nor a broken one', async () => {
    await expect(marketplaceSpec(folder)).rejects.toThrow('FILE_MISSING');
    await writeFile(path.join(folder, 'marketplace.json'), '{');
    await expect(marketplaceSpec(folder)).rejects.toThrow('DATA_SPEC');
  });
});

/** A log by value: ids in place of numbers. */
function comparable(log: InteractionLog) {
  const idsOf = (type: string) =>
    Array.from(log.refs[type]!, (ref) => log.entities[type]!.ids[ref]);
  return {
    ...log,
    report: undefined,
    refs: ['member', 'job', 'company'].map(idsOf),
    outcomes: Array.from(
      log.outcomes.columns.dwell!.kind === 'number' ? log.outcomes.columns.dwell!.values : [],
      Math.fround,
    ),
    entities: ['member', 'job', 'company'].map((type) => log.entities[type]!.ids),
  };
}

/** Mean change of the logit of the same member and job between two moments of the log. */
function repeatGap(log: InteractionLog): number {
  const first = new Map<string, number>();
  const gaps: number[] = [];
  for (let row = 0; row < log.rows; row++) {
    const pair = `${log.refs.member![row]} ${log.refs.job![row]}`;
    const p = log.trueProbability![row]!;
    const logit = Math.log(p / (1 - p));
    if (first.has(pair)) gaps.push(Math.abs(logit - first.get(pair)!));
    else first.set(pair, logit);
  }
  return mean(gaps);
}

function mean(values: ArrayLike<number>): number {
  return Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
}

function variance(values: ArrayLike<number>): number {
  const center = mean(values);
  return mean(Array.from(values, (value) => (value - center) ** 2));
}
