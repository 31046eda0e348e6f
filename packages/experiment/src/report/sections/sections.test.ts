import type { ReportContext, ReportPrediction, ReportResults, ReportTest } from '@limaml/plugin';
import { SAMPLE_CONTEXT, SAMPLE_RESULTS } from '@limaml/plugin/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createReport, reportAsText, reportSections } from '../../index.js';

/** The blocks of one section. */
async function blocksOf(
  name: string,
  results: ReportResults = SAMPLE_RESULTS,
  context: ReportContext = SAMPLE_CONTEXT,
) {
  const { sections } = await createReport(results, reportSections(), context);
  return sections.find((section) => section.name === name)?.blocks ?? [];
}

async function textOf(name: string, results?: ReportResults, context?: ReportContext) {
  const blocks = await blocksOf(name, results, context);
  return reportAsText({ experiment: '', sections: [{ name, title: '', blocks }] });
}

const chartsOf = async (...args: Parameters<typeof blocksOf>) =>
  (await blocksOf(...args)).filter((block) => block.kind === 'chart');

/** The sample with another difference to its strongest other, without bootstrap unless given. */
function withDifference(
  [mean, low, high]: readonly [number, number | null, number | null],
  adjusted?: number,
): ReportResults {
  const sure = { mean, low: low ?? 0, high: high ?? 0, p: adjusted ?? 0, adjusted: adjusted ?? 0 };
  const differences = SAMPLE_RESULTS.differences.map(({ bootstrap, ...difference }) => ({
    ...difference,
    metrics: { ...difference.metrics, auc: { mean, low, high } },
    ...(adjusted !== undefined && { bootstrap: { ...bootstrap, auc: sure } }),
  }));
  return { ...SAMPLE_RESULTS, differences };
}

describe('the summary', () => {
  it.each<[string, ReportResults, RegExp]>([
    [
      'ahead',
      withDifference([0.1, 0.05, 0.15]),
      /Verdict: LiMAML is ahead of item rate, the stron/,
    ],
    ['behind', withDifference([-0.1, -0.15, -0.05]), /Verdict: LiMAML is behind item rate on auc/],
    [
      'unclear',
      withDifference([0.1, -0.05, 0.25]),
      /Verdict: 2 seeds cannot tell LiMAML from item/,
    ],
    ['one seed', withDifference([0.1, null, null]), /No verdict: one seed has no interval/],
    [
      'sure by the bootstrap',
      withDifference([0.1, 0.05, 0.15], 0.004),
      /ahead of.*adjusted p 0\.004/s,
    ],
    [
      'not sure after adjusting',
      withDifference([0.1, 0.05, 0.15], 0.2),
      /cannot tell.*adjusted p 0\.200/s,
    ],
  ])('says %s', async (_, results, words) => {
    expect(await textOf('summary', results)).toMatch(words);
  });

  it('knows that less is better for a loss', async () => {
    const swap = <Of extends object>(metrics: Of): Of =>
      Object.fromEntries(Object.entries(metrics).toReversed()) as Of;
    const models = SAMPLE_RESULTS.models.map((one) => ({ ...one, metrics: swap(one.metrics) }));
    const differences = SAMPLE_RESULTS.differences.map((difference) => ({
      ...{ name: difference.name, against: difference.against, cohorts: [], tests: [] },
      metrics: { logLoss: { mean: -0.1, low: -0.12, high: -0.08 }, auc: null },
    }));
    const text = await textOf('summary', { ...SAMPLE_RESULTS, models, differences });
    expect(text).toMatch(/Verdict: LiMAML is ahead of item rate.* on logLoss/);
    expect(text).toContain('0.1000 ahead (95 % interval −0.1200 to −0.0800, which excludes zero)');
  });

  it('never counts the truth of a simulation as a rival', async () => {
    const truth = { ...SAMPLE_RESULTS.models[2]!, name: 'truth', metrics: { auc: null } };
    const better = { ...truth, metrics: { auc: { mean: 0.9, low: null, high: null } } };
    const text = await textOf('summary', {
      ...SAMPLE_RESULTS,
      models: [...SAMPLE_RESULTS.models, better],
    });
    expect(text).toContain('ahead of item rate, the strongest other');
    expect(text).toContain('has auc 0.9000: nothing can do better but by chance');
  });
});

const prediction = (row: number, values: Partial<ReportPrediction>): ReportPrediction => ({
  ...{ set: 'test', episode: 0, task: 'a', row, timestamp: 0, support: 1, label: 0, score: 0 },
  ...values,
});

/** The same predictions for every model and seed. */
const predicting = (rows: readonly ReportPrediction[]): ReportContext => ({
  ...SAMPLE_CONTEXT,
  predictions: () => Promise.resolve(rows),
});

describe('reliability', () => {
  it('is on the diagonal where probabilities mean what they say', async () => {
    const rows = [0.05, 0.25, 0.75].flatMap((p) =>
      Array.from({ length: 100 }, (_, row) =>
        prediction(row, { score: Math.log(p / (1 - p)), label: row < 100 * p ? 1 : 0 }),
      ),
    );
    const [chart] = await chartsOf('reliability', SAMPLE_RESULTS, predicting(rows));
    const points = chart?.form === 'line' ? chart.series[0]!.points : [];
    expect(points).toHaveLength(3);
    for (const { x, y, low, high, weight } of points) {
      expect(y).toBeCloseTo(x, 5);
      expect(low).toBeLessThan(y);
      expect(high).toBeGreaterThan(y);
      expect(weight).toBe(200);
    }
  });

  it('leaves out ratings and other test sets', async () => {
    const ratings = predicting([prediction(0, { label: 3.5 })]);
    expect(await blocksOf('reliability', SAMPLE_RESULTS, ratings)).toEqual([]);
    const others = predicting([prediction(0, { set: 'new candidates' })]);
    expect(await blocksOf('reliability', SAMPLE_RESULTS, others)).toEqual([]);
  });
});

describe('task by task', () => {
  it('says for how many tasks the first model is better', async () => {
    const rows = (sign: number) =>
      [0, 1, 2, 3].map((episode) =>
        prediction(episode, { episode, label: 1, score: episode === 3 ? -sign : sign }),
      );
    const context: ReportContext = {
      ...SAMPLE_CONTEXT,
      predictions: (name) => Promise.resolve(rows(name === 'LiMAML' ? 2 : 1)),
    };
    const [chart] = await chartsOf('tasks', SAMPLE_RESULTS, context);
    expect(chart?.description).toContain('LiMAML is better: 75.0 % of 8 tasks');
    const points = chart?.form === 'scatter' ? chart.series[0]!.points : [];
    expect(points[0]!.y).toBeCloseTo(Math.log1p(Math.exp(-2)), 6);
    expect(points[0]!.x).toBeCloseTo(Math.log1p(Math.exp(-1)), 6);
  });
});

describe('the map of embeddings', () => {
  const mapped = async (vectors: readonly (readonly number[])[]) => {
    const context: ReportContext = {
      ...SAMPLE_CONTEXT,
      embeddings: () =>
        Promise.resolve({
          ...{ vectors, task: vectors.map((_, at) => `t${at}`) },
          features: { one: vectors.map(() => 'same') },
        }),
    };
    const [chart] = await chartsOf('embeddings', SAMPLE_RESULTS, context);
    return chart?.form === 'scatter' ? chart : undefined;
  };

  it('keeps distances of vectors that lie in a plane', async () => {
    const number = fc.integer({ min: -50, max: 50 });
    const places = fc.array(fc.tuple(number, number), { minLength: 3, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(places, async (plane) => {
        const vectors = plane.map(([a, b]) => [0.6 * a, b, 0.8 * a, 7]);
        const points = (await mapped(vectors))!.series[0]!.points;
        plane.forEach(([a, b], at) => {
          const [first, second] = plane[0]!;
          const real = Math.hypot(a - first, b - second);
          const shown = Math.hypot(points[at]!.x - points[0]!.x, points[at]!.y - points[0]!.y);
          expect(shown).toBeCloseTo(real, 4);
        });
      }),
      { numRuns: 40 },
    );
  });

  it('stands embeddings that are all the same', async () => {
    const chart = await mapped([1, 2, 3].map(() => [4, 4, 4]));
    expect(chart?.series[0]!.points).toEqual([1, 2, 3].map(() => ({ x: 0, y: 0 })));
  });

  it('gives numbers ordered colours, and rare values one of their own', async () => {
    const vectors = Array.from({ length: 40 }, (_, at) => [at, -at]);
    const features = {
      age: vectors.map((_, at) => (at === 0 ? null : at)),
      town: vectors.map((_, at) => `town ${at % 8}`),
    };
    const task = vectors.map((_, at) => `t${at}`);
    const context: ReportContext = {
      ...SAMPLE_CONTEXT,
      embeddings: () => Promise.resolve({ task, vectors, features }),
    };
    const [age, town] = await chartsOf('embeddings', SAMPLE_RESULTS, context);
    expect(age).toMatchObject({ ordered: true, title: 'Meta embeddings by age' });
    expect(age?.form === 'scatter' && age.series.map(({ name }) => name)).toEqual([
      ...['1 to <8', '8 to <16', '16 to <24', '24 to <32', '32 to 39', 'unknown'],
    ]);
    expect(town?.form === 'scatter' && town.series.map(({ name }) => name)).toEqual([
      ...['town 0', 'town 1', 'town 2', 'town 3', 'town 4', 'other'],
    ]);
  });
});

describe('further sections', () => {
  it('show the command as a shell takes it', async () => {
    const environment = {
      ...SAMPLE_RESULTS.environment!,
      command: ['experiment', "it's here.ts", '--out', 'runs/a'],
    };
    const text = await textOf('origin', { ...SAMPLE_RESULTS, environment });
    expect(text).toContain("limaml experiment 'it'\\''s here.ts' --out runs/a\n");
  });

  it('say what training saw of a test set', async () => {
    const [first, ...others] = SAMPLE_RESULTS.models;
    const warm: ReportTest = { ...first!.tests[0]!, name: 'known', trained: 'entities' };
    const models = [{ ...first!, tests: [warm] }, ...others];
    expect(await textOf('test-sets', { ...SAMPLE_RESULTS, models })).toContain(
      'known (70 tasks per seed; training saw its entities, with other rows)',
    );
  });

  it('mark the epoch that was kept', async () => {
    const [loss] = await chartsOf('learning-curves');
    const points = loss?.form === 'line' ? loss.series[0]!.points : [];
    expect(points).toEqual([
      { x: 1, y: 0.7, marked: false },
      { x: 2, y: 0.6, marked: true },
    ]);
  });
});
