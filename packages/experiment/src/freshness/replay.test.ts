import { simulatorDataset } from '@limaml/data';
import { testReportSection } from '@limaml/plugin/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolders, testSpec, tinyEntry } from '../fixtures.test-support.js';
import { createReport, reportAsText } from '../report/report.js';
import { experimentRunner, withCode } from '../run/experiment-runner.test-support.js';
import type { ExperimentResults } from '../run/results.js';
import { runFiles, runFolder } from '../run/run-record.js';
import { freshnessSection } from './freshness-section.js';
import { onlineSection } from './online-section.js';
import type { ExperimentOptions } from '../spec/schema.js';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';

const newFolder = temporaryFolders();
const run = experimentRunner(newFolder);

/** Members whose tastes change within the test period. */
const drifting = simulatorDataset({
  ...{ name: 'drifting', members: 80, jobs: 30, companies: 8, days: 30 },
  ...{ impressionsPerMember: 60, tasteDays: 8, tasteStrength: 3 },
});

const spec = (changes: Partial<ExperimentOptions> = {}) =>
  testSpec({
    ...{
      dataset: 'drifting',
      plugins: [drifting],
      models: [tinyEntry({ training: { epochs: 1 }, reportPrior: false })],
    },
    baselines: ['item-rate', 'logistic-mf', 'truth'],
    metrics: ['auc', 'logLoss'],
    split: { by: 'global-time', testShare: 0.5, minSupport: 0, maxQuery: 10 },
    freshness: {
      policies: ['prior', 'never', 'daily', 'event'],
      distances: [1, 2, 7],
      together: 60,
    },
    ...changes,
  });

describe('a replay', () => {
  let results: ExperimentResults;
  let out: string;
  beforeAll(async () => {
    ({ results, out } = await run(spec({ seeds: [1, 2] })));
  }, 120_000);
  const freshnessOf = (name: string) =>
    results.models.find((each) => each.name === name)!.freshness!;

  it('says what freshness is worth by distance, on the same rows', () => {
    const { unit, curves, differences } = freshnessOf('logistic MF');
    expect(unit).toBe('days');
    expect(curves.map(({ policy }) => policy)).toEqual(['prior', 'never', 'daily', 'event']);
    for (const { points, overall } of curves) {
      expect(points.map(({ distance }) => distance)).toEqual([0, 1, 2, 7]);
      expect(points.map(({ rows }) => rows)).toEqual(curves[0]!.points.map(({ rows }) => rows));
      expect(points.reduce((sum, { rows }) => sum + rows, 0)).toBe(overall.rows);
    }
    const gain = differences.find(({ policy }) => policy === 'event')!;
    expect(gain.overall.metrics.auc!.mean).toBeGreaterThan(0);
    expect(gain.overall.metrics.logLoss!.mean).toBeLessThan(0);
    expect(gain.points.at(-1)!.metrics.auc!.mean).toBeGreaterThan(0);
    const [stale, fresh] = [curves[1]!, curves[3]!];
    expect(fresh.overall.metrics.auc!.mean - stale.overall.metrics.auc!.mean).toBeCloseTo(
      gain.overall.metrics.auc!.mean,
      10,
    );
  });

  it('goes through the test period day by day, and counts what refreshing costs', () => {
    const { curves } = freshnessOf('Tiny LiMAML');
    const [prior, never, daily, event] = curves;
    for (const { days, overall } of curves) {
      expect(days[0]!.day).toBe(0);
      expect(days.reduce((sum, { rows }) => sum + rows, 0)).toBe(overall.rows);
      expect(days.reduce((sum, day) => sum + day.adaptations, 0)).toBe(overall.adaptations);
    }
    expect(prior!.overall).toMatchObject({ adaptations: 0, coverage: 0 });
    expect(never!.overall.adaptations).toBeLessThanOrEqual(never!.overall.tasks);
    expect(daily!.overall.adaptations).toBeGreaterThan(never!.overall.adaptations);
    expect(event!.overall.adaptations).toBeGreaterThan(daily!.overall.adaptations);
    expect(event!.overall.coverage).toBeGreaterThan(never!.overall.coverage);
  });

  it('draws a flat line for what reads no support set', () => {
    for (const { overall, points } of freshnessOf('item rate').differences) {
      for (const { metrics } of [overall, ...points]) expect(metrics.auc!.mean).toBe(0);
    }
  });

  it('compares rankings as an online test would', () => {
    const { rankings, lead, slates } = results.online!;
    const find = (name: string, policy?: string) =>
      rankings.find((each) => each.name === name && each.policy === policy)!;
    expect(lead).toEqual({ name: 'Tiny LiMAML', policy: 'event' });
    expect(slates).toBeGreaterThan(100);
    expect(find('oracle').regret.mean).toBe(0);
    for (const { regret } of rankings) expect(regret.mean).toBeGreaterThanOrEqual(0);
    expect(find('truth', 'never').regret.mean).toBeCloseTo(0, 6);
    expect(find('logistic MF', 'event').ctr.mean).toBeGreaterThan(find('random').ctr.mean);
    expect(find(lead.name, lead.policy).lift).toBeUndefined();
    const { ctr, lift } = find('item rate', 'never');
    const leads = find(lead.name, lead.policy).ctr.mean;
    expect(lift!.mean).toBeCloseTo(leads / ctr.mean - 1, 10);
  });

  it('keeps every row under every policy', async () => {
    const file = runFiles(runFolder(out, 'item-rate', 1)).replay;
    const rows = await parquetReadObjects({ file: await asyncBufferFromFile(file) });
    expect(rows).toHaveLength(4 * freshnessOf('item rate').curves[0]!.overall.rows);
    expect(Object.keys(rows[0]!)).toEqual([
      ...['record', 'policy', 'task', 'row', 'timestamp', 'distance', 'slate', 'support'],
      ...['label', 'score', 'truth'],
    ]);
  });

  it.each([freshnessSection(), onlineSection()])('$name conforms', async (section) => {
    await testReportSection(section, { results });
  });

  it('is part of the report', async () => {
    const text = reportAsText(await createReport(results));
    expect(text).toContain('auc by days since the embedding was made (rows)');
    expect(text).toContain('Simulated online test');
    expect(text).toMatch(/item rate +any/);
  });

  it('gives the same numbers when it is resumed', async () => {
    const { results: again } = await run(spec({ seeds: [1, 2] }), { out, existing: 'resume' });
    expect(again.models).toEqual(results.models);
    expect(again.online).toEqual(results.online);
  });
});

describe('a spec with freshness', () => {
  it('is off unless asked for', () => {
    expect(testSpec().freshness).toBeNull();
  });

  it.each([
    [{ freshness: { distances: [2, 1] } }, 'freshness.distances'],
    [{ freshness: { policies: ['daily', 'daily'] } }, 'freshness.policies'],
    [{ freshness: {}, split: { order: 'random' } }, 'order'],
  ] as const)('refuses %j', (changes, problem) => {
    const define = () => testSpec(changes as Partial<ExperimentOptions>);
    expect(define).toThrow(withCode('SPEC_INVALID'));
    expect(define).toThrow(problem);
  });
});
