import { mul, reshape, type Tensor } from '@limaml/graph';
import { describe, expect, it } from 'vitest';
import { parameterSpecs } from '../programs/parameter-specs.js';
import { trainProgram } from '../programs/programs.js';
import { constantModel, toyModel } from '../toy-model.test-support.js';
import { adaptedParameters } from './adapted-parameters.js';
import type { Algorithm } from './algorithm.js';
import { describeAlgorithm } from './describe-algorithm.js';
import type { AlgorithmHooks } from './hooks.js';
import { algorithmAt, annealedStepWeights } from './phases.js';
import { anil, boil, metaEmb } from './presets/block-selections.js';
import { fomaml, maml, mamlPlusPlus, metaSgd } from './presets/maml.js';
import { fineTuning, imaml, reptile } from './presets/without-unrolling.js';

const model = toyModel();
const learned = { initial: 0.1, per: 'element' } as const;
const perStep = { initial: 0.1, per: 'parameter-step' } as const;
const innerGradient = (gradient: Tensor): Tensor => gradient;

describe('options', () => {
  it.each<Partial<Algorithm>>([
    { proximal: -1 },
    { innerClipNorm: 0 },
    { innerOptimiser: { kind: 'momentum', beta: 1 } },
    { innerOptimiser: { kind: 'adam', beta1: 0.9, beta2: 1, epsilon: 1e-3 } },
    { innerOptimiser: { kind: 'adam', beta1: 0.9, beta2: 0.9, epsilon: 0 } },
    { firstOrderEpochs: 0.5 },
    { stepLoss: { anneal: 0 } },
    { stepLoss: [-1, 2] },
    { implicit: { steps: 0, damping: 0 } },
    { implicit: { steps: 1, damping: -1 } },
  ])('out of range are refused: %o', (options) => {
    expect(() => maml(options)).toThrow('LIMAML_ERR_CORE_OPTION_INVALID');
  });

  it.each<readonly [() => Algorithm, RegExp]>([
    [() => reptile({ innerLearningRate: learned }), /learned inner rates.*never move/],
    [() => imaml({ innerLearningRate: perStep }), /learned inner rates/],
    [() => fineTuning({ innerLearningRate: learned }), /learned inner rates/],
    [() => imaml({ proximal: 0 }), /'implicit' with `proximal: 0`/],
    [() => reptile({ order: 'second' }), /order 'second'.*nothing is differentiated/],
    [() => imaml({ order: 'second' }), /order 'second'/],
    [() => fineTuning({ order: 'second' }), /order 'second'/],
    [() => reptile({ stepLoss: { anneal: 3 } }), /multi-step loss/],
    [() => fineTuning({ stepLoss: [0, 1] }), /multi-step loss/],
    [() => maml({ stepLoss: [0.5, 0.3, 0.2] }), /another length.*one weight for the initial/],
    [() => maml({ stepLoss: [0.5, 0.3] }), /does not sum to 1/],
    [() => fomaml({ firstOrderEpochs: 2 }), /`firstOrderEpochs` with order 'first'/],
    [() => fineTuning({ innerDropout: true }), /no inner loop/],
    [() => reptile({ innerLearningRate: 0 }), /divided by the rate/],
    [() => imaml({ hooks: { innerGradient } }), /innerGradient.*elsewhere/],
    [
      () =>
        maml({ taskWeighting: 'uniform', hooks: { taskWeights: ({ queryRows }) => queryRows } }),
      /both say how much/,
    ],
    [() => maml({ fastWeights: 'low-rank', proximal: 1 }), /low-rank/],
    [() => maml({ fastWeights: 'low-rank', innerClipNorm: 1 }), /low-rank/],
    [() => maml({ fastWeights: 'low-rank', hooks: { innerGradient } }), /low-rank/],
    [() => maml({ fastWeights: 'low-rank', innerLearningRate: perStep }), /low-rank/],
    [
      () => maml({ fastWeights: 'low-rank', innerOptimiser: { kind: 'momentum', beta: 0 } }),
      /one rate times the gradient/,
    ],
  ])('that make no sense together are refused with the reason: %s', (create, reason) => {
    expect(create).toThrow('LIMAML_ERR_CORE_ALGORITHM_CONFLICT');
    expect(create).toThrow(reason);
  });

  it('go through a preset unchanged: an algorithm makes itself again', () => {
    const presets = [maml, fomaml, metaSgd, mamlPlusPlus, anil, boil, metaEmb];
    for (const preset of [...presets, reptile, imaml, fineTuning]) {
      expect(maml(preset())).toEqual(preset());
    }
    expect(imaml({ name: 'mine', innerSteps: 9 })).toMatchObject({ name: 'mine', innerSteps: 9 });
  });
});

describe('block selection', () => {
  const head = ['meta/tower/layers/1/kernel', 'meta/tower/layers/1/bias', 'meta/offset'];
  const body = ['meta/tower/layers/0/kernel', 'meta/tower/layers/0/bias'];

  it('of ANIL is the head, of BOIL the body, of lists what begins with an entry', () => {
    expect(adaptedParameters(model, anil())).toEqual(head);
    expect(adaptedParameters(model, boil())).toEqual(body);
    expect(adaptedParameters(model, maml())).toEqual([...body, ...head]);
    expect(adaptedParameters(model, maml({ adapts: ['meta/tower'] }))).toHaveLength(4);
    expect(adaptedParameters(model, metaEmb())).toEqual(['meta/offset']);
  });

  it('needs a head where it speaks of one', () => {
    const headless = constantModel((w) => w);
    for (const preset of [anil, boil]) {
      expect(() => adaptedParameters(headless, preset())).toThrow(
        /LIMAML_ERR_CORE_ALGORITHM_CONFLICT.*"constant".*does not say/s,
      );
    }
    expect(() => trainProgram(headless, metaEmb())).toThrow('LIMAML_ERR_CORE_NOTHING_ADAPTED');
  });
});

describe('phases of training', () => {
  const algorithm = mamlPlusPlus({ innerSteps: 4, stepLoss: { anneal: 4 }, firstOrderEpochs: 2 });

  it('are of first order first, and end with the loss of the last step alone', () => {
    expect(algorithmAt(algorithm, 1)).toMatchObject({ order: 'first', stepLoss: { anneal: 4 } });
    expect(algorithmAt(algorithm, 2)).toMatchObject({ order: 'second', stepLoss: { anneal: 4 } });
    expect(algorithmAt(algorithm, 4)).toMatchObject({ order: 'second', stepLoss: null });
    expect(algorithmAt(maml(), 3)).toEqual(maml());
  });

  it('move the weights of the steps linearly to the last', () => {
    const weights = [0, 1, 2, 3].map((epoch) => [...annealedStepWeights(algorithm, epoch)!]);
    expect(weights[0]).toEqual([0.25, 0.25, 0.25, 0.25]);
    expect(weights[2]).toEqual([0.125, 0.125, 0.125, 0.625]);
    for (const each of weights) expect(each.reduce((a, b) => a + b)).toBeCloseTo(1, 6);
    expect(annealedStepWeights(algorithm, 4)).toBeUndefined();
    expect(annealedStepWeights(maml(), 0)).toBeUndefined();
  });
});

describe('describeAlgorithm', () => {
  it('is plain data: names of adapted parameters, hooks by their presence', () => {
    const algorithm = maml({ adapts: (path) => path.endsWith('bias'), hooks: { innerGradient } });
    const description = describeAlgorithm(algorithm, model);
    expect(description).toMatchObject({
      name: 'maml',
      adapts: ['meta/tower/layers/0/bias', 'meta/tower/layers/1/bias'],
      hooks: ['innerGradient'],
      proximal: 0,
    });
    expect(JSON.parse(JSON.stringify(description))).toEqual(description);
    expect(Object.keys(description).sort()).toEqual([...Object.keys(maml()), 'hooks'].sort());
  });
});

describe('hooks', () => {
  const broken = (): Tensor => {
    throw new Error('no such thing');
  };
  it.each<readonly [keyof AlgorithmHooks, AlgorithmHooks]>([
    ['innerGradient', { innerGradient: broken }],
    ['supportLoss', { supportLoss: broken }],
    ['taskWeights', { taskWeights: broken }],
  ])('that throw are named with the algorithm: %s', (name, hooks) => {
    const create = () => trainProgram(model, maml({ name: 'mine', hooks }));
    expect(create).toThrow('LIMAML_ERR_CORE_HOOK_FAILED');
    expect(create).toThrow(new RegExp(`"${name}" of algorithm "mine" threw: no such thing`));
  });

  it.each<readonly [keyof AlgorithmHooks, AlgorithmHooks]>([
    ['innerGradient', { innerGradient: (_, { initial }) => initial }],
    ['supportLoss', { supportLoss: (losses) => reshape(losses, ['T', 1]) }],
    ['taskWeights', { taskWeights: () => undefined as unknown as Tensor }],
  ])('that return something else are named with both shapes: %s', (name, hooks) => {
    const create = () => trainProgram(model, maml({ name: 'mine', hooks }));
    expect(create).toThrow('LIMAML_ERR_CORE_HOOK_SHAPE');
    expect(create).toThrow(new RegExp(`"${name}" of algorithm "mine" returned .*Expected`, 's'));
  });

  it('do not change which parameters there are', () => {
    const halved = maml({ hooks: { innerGradient: (gradient) => mul(gradient, 0.5) } });
    expect(parameterSpecs(model, halved)).toEqual(parameterSpecs(model, maml()));
  });
});
