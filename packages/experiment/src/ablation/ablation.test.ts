import { limamlModel } from '@limaml/models';
import type { TableBlock } from '@limaml/plugin';
import { testReportSection } from '@limaml/plugin/testing';
import { describe, expect, it } from 'vitest';
import type { MeanInterval } from '../evaluation/interval.js';
import { temporaryFolders, testRegistry, testSpec, tinyEntry } from '../fixtures.test-support.js';
import { createReport, reportAsText } from '../report/report.js';
import { experimentRunner, withCode } from '../run/experiment-runner.test-support.js';
import type { ExperimentSpec } from '../spec/schema.js';
import { ablationSection } from './ablation-section.js';
import { defineAblation, type AblationOptions } from './define-ablation.js';

const run = experimentRunner(temporaryFolders());

/** A spec with a model of the zoo and one that is not. */
const spec = testSpec({
  models: [
    {
      name: 'LiMAML',
      model: 'limaml',
      options: { meta: 'history', foldInSteps: 2 },
      algorithm: { innerSteps: 1, innerLearningRate: { initial: 0.5 }, adapts: ['meta/offset'] },
    },
    tinyEntry({ reportPrior: true }),
  ],
});

const ablate = (options: AblationOptions = {}, of: ExperimentSpec = spec): ExperimentSpec =>
  defineAblation(of, testRegistry().use(limamlModel()), options);

const levelsOf = (made: ExperimentSpec, factor: string): Record<string, string> => {
  const found = made.ablation!.factors.find((each) => each.factor === factor)!;
  return Object.fromEntries(found.levels.map(({ level, model }) => [level, model]));
};
const modelOf = (made: ExperimentSpec, factor: string, level: string) =>
  made.models.find(({ name }) => name === levelsOf(made, factor)[level])!;

describe('defineAblation', () => {
  it('changes one thing at a time, and has every model once', () => {
    const made = ablate();
    const [base, ...others] = made.models;
    expect(base).toEqual({ ...spec.models[0], reportPrior: false });
    const keys = Object.keys(base!);
    for (const other of others) {
      const changed = new Set([...keys, ...Object.keys(other)]);
      changed.delete('name');
      const text = (of: object, key: string) =>
        JSON.stringify((of as Record<string, unknown>)[key]);
      const differing = [...changed].filter((key) => text(other, key) !== text(base!, key));
      expect(differing).toHaveLength(1);
    }
    expect(made.baselines).toEqual([]);
    expect(made.ablation!.model).toBe('LiMAML');
  });

  it('knows which levels are the model as it is', () => {
    const made = ablate();
    const same = ['inner-steps 1', 'inner-rate x1', 'order second', 'support-size 40'];
    same.push('embedding-size 16', 'meta-block history', 'meta-features all', 'algorithm meta-sgd');
    for (const name of same) {
      const [factor, level] = name.split(' ') as [string, string];
      expect([name, levelsOf(made, factor)[level]]).toEqual([name, 'LiMAML']);
    }
  });

  it('keeps of the model what a preset does not decide', () => {
    const made = ablate({ over: ['algorithm'] });
    const algorithm = (preset: string) => modelOf(made, 'algorithm', preset).algorithm;
    const adapts = ['meta/offset'];
    expect(algorithm('maml')).toEqual({
      preset: 'maml',
      innerSteps: 1,
      innerLearningRate: 0.5,
      adapts,
    });
    expect(algorithm('anil')).toEqual({ preset: 'anil', innerSteps: 1, innerLearningRate: 0.5 });
    expect(algorithm('reptile')).toEqual({ preset: 'reptile', innerLearningRate: 0.5, adapts });
    expect(algorithm('maml-plus-plus').innerLearningRate).toEqual({
      initial: 0.5,
      per: 'parameter-step',
    });
  });

  it('takes options away that another meta block would ignore', () => {
    const made = ablate({ over: ['meta-block'] });
    expect(modelOf(made, 'meta-block', 'entity').options).toEqual({ meta: 'entity' });
  });

  it('halves and doubles fitted factors where candidates have them', () => {
    const factors = { ...spec, encoders: { ...spec.encoders, factors: FACTORS } };
    const made = ablate({ over: ['embedding-size'] }, factors);
    expect(Object.keys(levelsOf(made, 'embedding-size'))).toEqual(['4', '8', '16']);
    expect(modelOf(made, 'embedding-size', '16').encoders!.factors!.dim).toBe(16);
  });

  it('leaves sets of entity types out one by one', () => {
    const entities = ['member', 'job'];
    const joint = { ...spec, models: [{ ...spec.models[0]!, entities }] };
    const levels = levelsOf(ablate({ over: ['entities'] }, joint), 'entities');
    expect(Object.keys(levels)).toEqual(['none', 'job', 'member', 'member+job']);
    expect(levels['member+job']).toBe('LiMAML');
  });

  it('takes levels that are given', () => {
    const levels = { 'inner-steps': ['0', '2'], 'inner-rate': ['0.1', 'x2'] };
    const made = ablate({ over: ['inner-steps', 'inner-rate'], levels });
    expect(made.models.map(({ name }) => name)).toEqual([
      'LiMAML',
      'LiMAML, inner-steps 0',
      'LiMAML, inner-steps 2',
      'LiMAML, inner-rate 0.1',
      'LiMAML, inner-rate x2',
    ]);
    expect(modelOf(made, 'inner-rate', 'x2').algorithm.innerLearningRate).toEqual({
      initial: 1,
      per: 'element',
    });
  });

  it('says what it left out and why, unless it was asked for', () => {
    const made = ablate({ model: 'Tiny LiMAML' });
    const block = made.ablation!.factors.find(({ factor }) => factor === 'meta-block')!;
    expect(block.leftOut).toEqual([
      { level: 'all', reason: 'the model plugin "tiny" has one meta block' },
    ]);
    const asked = () => ablate({ model: 'Tiny LiMAML', over: ['meta-block'] });
    expect(asked).toThrow(withCode('ABLATION_IMPOSSIBLE'));
  });

  it.each<[string, AblationOptions, string, RegExp]>([
    ['an unknown model', { model: 'LiMAM' }, 'ABLATION_UNKNOWN', /Did you mean "LiMAML"/],
    ['an unknown factor', { over: ['inner-step'] }, 'ABLATION_UNKNOWN', /"inner-steps"/],
    [
      'levels of what is not changed',
      { over: ['order'], levels: { 'inner-steps': ['1'] } },
      'ABLATION_UNKNOWN',
      /one of order/,
    ],
    [
      'a level that is no number',
      { levels: { 'inner-steps': ['many'] } },
      'ABLATION_IMPOSSIBLE',
      /many/,
    ],
    ['an unknown preset', { levels: { algorithm: ['mml'] } }, 'ABLATION_IMPOSSIBLE', /mml/],
    ['an unknown key', { levels: { 'meta-features': [''] } }, 'SPEC_INVALID', /metaFeatures/],
  ])('refuses %s', (_, options, code, meant) => {
    expect(() => ablate(options)).toThrow(withCode(code));
    expect(() => ablate(options)).toThrow(meant);
  });
});

describe('an ablation that is run', () => {
  it('is reported by factor, with paired differences to the model', async () => {
    const tiny = tinyEntry({ training: { ...tinyEntry().training, epochs: 1 } });
    const over = ['inner-steps', 'support-size'];
    const levels = { 'inner-steps': ['0', '2'], 'support-size': ['4', '40'] };
    const of = testSpec({ models: [tiny], seeds: [1, 2], metrics: ['auc', 'recall@3'] });
    const { results } = await run(defineAblation(of, testRegistry(), { over, levels }));
    await testReportSection(ablationSection(), { results });
    const { sections } = await createReport(results, [ablationSection()]);
    const [steps, support] = sections[0]!.blocks;
    const levelsIn = (block: unknown) => (block as TableBlock).rows.map(([level]) => level);
    expect(levelsIn(steps)).toEqual(['0', '2 (Tiny LiMAML)']);
    expect(levelsIn(support)).toEqual(['4', '40 (Tiny LiMAML)']);
    const [changed, base] = (steps as TableBlock).rows;
    expect(changed!.slice(1).every((cell) => cell !== null)).toBe(true);
    expect(base!.slice(2)).toEqual([null, null, null]);
    const mean = (model: string) =>
      results.models.find(({ name }) => name === model)!.metrics.auc!.mean;
    const difference = mean('Tiny LiMAML, inner-steps 0') - mean('Tiny LiMAML');
    const [, , cell] = changed!;
    expect((cell as MeanInterval).mean).toBeCloseTo(difference, 12);
    expect(reportAsText({ experiment: 'x', sections })).toContain('Δ recall@3');
  });

  it('says nothing about results that are no ablation', async () => {
    const { results } = await run(testSpec({ models: [], baselines: ['global-mean'] }));
    expect((await createReport(results, [ablationSection()])).sections).toEqual([]);
  });
});

const FACTORS = { dim: 8, target: 'label', precision: 20, iterations: 8 };
