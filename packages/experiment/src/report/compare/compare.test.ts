import type { ReportModel, ReportResults } from '@limaml/plugin';
import { SAMPLE_RESULTS } from '@limaml/plugin/testing';
import { describe, expect, it } from 'vitest';
import { compareResults, reportAsHtml, reportAsText } from '../../index.js';

const SPEC = {
  ...{ dataset: 'courses', entity: 'course', split: { testShare: 0.2 } },
  models: [{ name: 'LiMAML', training: { epochs: 4 }, algorithm: { innerSteps: 1 } }],
};

/** The sample with a fingerprint, and values of `auc` of every model by seed. */
function resultsWith(
  aucs: Readonly<Record<number, number>>,
  { spec = SPEC, fingerprint = 'f' }: { spec?: unknown; fingerprint?: string } = {},
): ReportResults {
  const mean = Object.values(aucs).reduce((sum, value) => sum + value, 0) / 2;
  const interval = { mean, low: mean - 0.03, high: mean + 0.04 };
  const models = SAMPLE_RESULTS.models.map((model): ReportModel => ({
    ...model,
    metrics: { auc: interval },
    runs: Object.entries(aucs).map(([seed, auc]) => ({
      ...{ seed: Number(seed), metrics: { auc }, seconds: 1 },
    })),
  }));
  return { ...SAMPLE_RESULTS, spec, models, data: { ...SAMPLE_RESULTS.data, fingerprint } };
}

const compare = (before: ReportResults, after: ReportResults): string =>
  reportAsText(compareResults({ name: 'a', results: before }, { name: 'b', results: after }));

describe('compareResults', () => {
  it('pairs differences by seed where data, entity and split agree', () => {
    const text = compare(
      resultsWith({ 1: 0.7, 2: 0.8 }),
      resultsWith({ 2: 0.83, 1: 0.72, 3: 0.1 }),
    );
    expect(text).toContain('paired by seed, over 2 seeds');
    // Mean 0.025 of 0.02 and 0.03, t-interval 12.706 · 0.005.
    expect(text).toMatch(/LiMAML +\+0\.0250 ±0\.0635/);
    expect(text).toContain('cannot be told apart: LiMAML (+0.0250)');
  });

  it('joins the intervals of both where they cannot be paired', () => {
    const before = resultsWith({ 1: 0.7, 2: 0.7 });
    const text = compare(before, resultsWith({ 1: 0.8, 2: 0.8 }, { fingerprint: 'other' }));
    expect(text).toContain('not paired, because the data differ');
    // √(0.04² + 0.03²) on either side.
    expect(text).toMatch(/LiMAML +\+0\.1000 ±0\.0500/);
    expect(text).toContain('of b against a: ahead: LiMAML (+0.1000)');
    const split = { ...SPEC, split: { testShare: 0.3 } };
    expect(compare(before, resultsWith({ 1: 0.8 }, { spec: split }))).toContain(
      'because the specs differ in split.testShare',
    );
    expect(compare(before, resultsWith({ 7: 0.8 }))).toContain('no seed in common');
  });

  it('says which keys of the specs differ', () => {
    const changed = {
      ...SPEC,
      models: [
        { name: 'LiMAML', training: { epochs: 8 }, algorithm: { innerSteps: 1 } },
        { name: 'new', training: { epochs: 1 } },
      ],
    };
    const text = compare(resultsWith({ 1: 0.7 }), resultsWith({ 1: 0.7 }, { spec: changed }));
    expect(text).toMatch(/models\.LiMAML\.training\.epochs +4 +8\n/);
    expect(text).toMatch(/models\.new\.training\.epochs +– +1\n/);
    expect(text).not.toContain('innerSteps');
    expect(compare(resultsWith({ 1: 0.7 }), resultsWith({ 1: 0.7 }))).toContain(
      'specs are the same',
    );
  });

  it('names what only one of the two has', () => {
    const before = resultsWith({ 1: 0.7 });
    const after = { ...before, models: before.models.slice(1) };
    expect(compare(before, after)).toContain('Only in a: LiMAML.');
    expect(compare({ ...before, models: [] }, after)).toContain('no model or baseline in common');
  });

  it('is a page, too', async () => {
    const [before, after] = [resultsWith({ 1: 0.7, 2: 0.8 }), resultsWith({ 1: 0.8, 2: 0.8 })];
    const report = compareResults({ name: '<a>', results: before }, { name: 'b', results: after });
    const page = await reportAsHtml(report);
    expect(page).toContain('<h1>b against &lt;a&gt;</h1>');
    expect(page).toContain('<svg ');
  });
});
