import { add, type Dim, mul, square, sum, type Tensor } from '@limaml/graph';
import { describe, expect, it } from 'vitest';
import type { Algorithm } from '../algorithm/algorithm.js';
import { anil, boil, metaEmb } from '../algorithm/presets/block-selections.js';
import { fomaml, maml, mamlPlusPlus, metaSgd } from '../algorithm/presets/maml.js';
import { fineTuning } from '../algorithm/presets/without-unrolling.js';
import { expectClose, expectDerivatives } from '../finite-differences.test-support.js';
import type { TargetSpec } from '../model.js';
import { adaptProgram, evaluateProgram, trainProgram } from '../programs/programs.js';
import {
  expectTasksApart,
  gradientAt,
  QUADRATIC,
  quadraticFeeds,
} from '../quadratic.test-support.js';
import {
  constantModel,
  type Feeds,
  randomFeeds,
  run,
  toyModel,
  withData,
} from '../toy-model.test-support.js';

const perStep = { initial: 0.5, per: 'parameter-step' } as const;
const momentum = { kind: 'momentum', beta: 0.6 } as const;
const adam = { kind: 'adam', beta1: 0.7, beta2: 0.9, epsilon: 0.05 } as const;
const TARGETS: Readonly<Record<string, TargetSpec>> = {
  applied: { outcome: 'outcome.dwell', loss: 'binary-cross-entropy', weight: 0.5 },
  hours: { outcome: 'outcome.hours', loss: 'squared-error', weight: 0.25 },
};

/** Everything with an exact gradient, alone and together. */
const EXACT: Readonly<Record<string, Algorithm>> = {
  'Meta-SGD': metaSgd({ innerSteps: 2 }),
  ANIL: anil({ innerSteps: 2, innerLearningRate: 0.7 }),
  BOIL: boil({ innerSteps: 2, innerLearningRate: 0.7 }),
  MetaEmb: metaEmb({ innerLearningRate: 0.7 }),
  'MAML++': mamlPlusPlus({ innerSteps: 3, innerLearningRate: perStep }),
  'fine-tuning': fineTuning(),
  'rates per step': maml({ innerSteps: 3, innerLearningRate: perStep }),
  'multi-step loss': maml({ innerSteps: 2, innerLearningRate: 0.7, stepLoss: [0.2, 0.3, 0.5] }),
  'proximal term': maml({ innerSteps: 3, innerLearningRate: 0.7, proximal: 0.4 }),
  momentum: maml({ innerSteps: 3, innerLearningRate: 0.5, innerOptimiser: momentum }),
  Adam: maml({ innerSteps: 3, innerLearningRate: 0.1, innerOptimiser: adam }),
  clipping: maml({ innerSteps: 2, innerLearningRate: 0.7, innerClipNorm: 0.2 }),
  'inner dropout': maml({ innerSteps: 2, innerLearningRate: 0.7, innerDropout: true }),
  'uniform tasks': maml({ innerLearningRate: 0.7, taskWeighting: 'uniform' }),
  'squared error': maml({ innerSteps: 2, innerLearningRate: 0.1, loss: 'squared-error' }),
  hooks: maml({
    innerSteps: 2,
    innerLearningRate: 0.7,
    hooks: {
      innerGradient: (gradient, { fast, initial }) =>
        add(mul(gradient, 0.9), mul(add(fast, mul(initial, -1)), 0.1)),
      supportLoss: (losses, { fast, initial }) =>
        add(losses, mul(0.1, distances(fast['meta/offset']!, initial['meta/offset']!))),
      taskWeights: ({ queryRows, supportRows }) => add(queryRows, mul(2, supportRows)),
    },
  }),
  everything: maml({
    innerSteps: 3,
    innerLearningRate: perStep,
    innerOptimiser: adam,
    proximal: 0.3,
    innerClipNorm: 0.1,
    innerDropout: true,
    stepLoss: { anneal: 3 },
    taskWeighting: 'uniform',
    supportShrinkage: 1,
  }),
};

/** Squared distance of each task's offset from the initial one. */
function distances(fast: Tensor, initial: Tensor): Tensor {
  return sum(square(add(fast, mul(initial, -1))), { axes: [1] });
}

describe('the meta-gradient agrees with finite differences', () => {
  it.each(Object.entries(EXACT))('%s', (_, algorithm) => {
    const program = trainProgram(toyModel(), algorithm);
    expectDerivatives(program, randomFeeds(program, 1), 1e-7);
  });

  it.each([maml({ innerSteps: 2, innerLearningRate: 0.3 }), EXACT.everything!, fineTuning()])(
    'with further targets: $name',
    (algorithm) => {
      const program = trainProgram(toyModel('whole', TARGETS), algorithm);
      expect(program.inputs['query/outcome.hours']!.shape).toEqual(['T', 'Q', 1]);
      expectDerivatives(program, randomFeeds(program, 1), 1e-7);
    },
  );

  it('of a task without support rows: finite for every optimiser', () => {
    for (const algorithm of Object.values(EXACT)) {
      const program = trainProgram(toyModel(), algorithm);
      const feeds = randomFeeds(program, 1);
      const empty = withData(
        feeds,
        'support/mask',
        feeds['support/mask']!.data.map((m, i) => (i < 4 ? 0 : m)),
      );
      expectDerivatives(program, empty, 1e-7);
    }
  });
});

describe('every algorithm', () => {
  it.each(Object.entries(EXACT))('keeps tasks and padding apart: %s', (_, algorithm) => {
    expectTasksApart(toyModel('whole', TARGETS), algorithm);
  });

  it.each(Object.entries(EXACT))(
    'leaves the prior where there is no support: %s',
    (_, algorithm) => {
      const still = adaptProgram(toyModel(), { ...algorithm, innerSteps: 0, stepLoss: null });
      const program = adaptProgram(toyModel(), algorithm);
      const feeds = randomFeeds(program, 3);
      const empty = withData(
        feeds,
        'support/mask',
        feeds['support/mask']!.data.map(() => 0),
      );
      expect(run(program, empty)).toEqual(run(still, empty));
      expect(run(program, feeds)).not.toEqual(run(still, feeds));
    },
  );
});

describe('a quadratic task, by hand', () => {
  const { w, alpha } = QUADRATIC;
  const model = constantModel((x) => x);

  /** Steps of one task with support mean y: `step` gets the gradient of the squared error. */
  type HandWritten = (w0: number, mean: number, steps: number) => readonly number[];
  const lossOf = (byHand: HandWritten, w0: number, steps: number): number =>
    QUADRATIC.meanQueryLoss((task) => byHand(w0, QUADRATIC.supportMean(task), steps).at(-1)!);

  const handWritten: Readonly<Record<string, readonly [Partial<Algorithm>, HandWritten]>> = {
    momentum: [
      { innerOptimiser: momentum },
      (w0, mean, steps) => {
        const states = [w0];
        let velocity = 0;
        for (let k = 0; k < steps; k++) {
          velocity = 0.6 * velocity + 2 * (states[k]! - mean);
          states.push(states[k]! - alpha * velocity);
        }
        return states;
      },
    ],
    Adam: [
      { innerOptimiser: adam },
      (w0, mean, steps) => {
        const states = [w0];
        let [first, second] = [0, 0];
        for (let k = 0; k < steps; k++) {
          const gradient = 2 * (states[k]! - mean);
          first = 0.7 * first + 0.3 * gradient;
          second = 0.9 * second + 0.1 * gradient ** 2;
          const [m, v] = [first / (1 - 0.7 ** (k + 1)), second / (1 - 0.9 ** (k + 1))];
          states.push(states[k]! - (alpha * m) / Math.sqrt(v + 0.05 ** 2));
        }
        return states;
      },
    ],
    'proximal term': [
      { proximal: 1.5 },
      (w0, mean, steps) => {
        const states = [w0];
        for (let k = 0; k < steps; k++) {
          states.push(states[k]! - alpha * (2 * (states[k]! - mean) + 1.5 * (states[k]! - w0)));
        }
        return states;
      },
    ],
    clipping: [
      { innerClipNorm: 0.9 },
      (w0, mean, steps) => {
        const states = [w0];
        for (let k = 0; k < steps; k++) {
          const gradient = 2 * (states[k]! - mean);
          states.push(states[k]! - alpha * Math.max(-0.9, Math.min(0.9, gradient)));
        }
        return states;
      },
    ],
  };

  const cases = Object.entries(handWritten).flatMap(([name, [options, byHand]]) =>
    [1, 2, 4].map((steps) => ({ name, options, byHand, steps })),
  );
  it.each(cases)('$name, $steps steps', ({ options, byHand, steps }) => {
    const algorithm = maml({
      loss: 'squared-error',
      innerLearningRate: alpha,
      innerSteps: steps,
      ...options,
    });
    const { loss, gradient } = gradientAt(model, algorithm);
    expect(loss).toBeCloseTo(lossOf(byHand, w, steps), 12);
    const h = 1e-6;
    const slope = (lossOf(byHand, w + h, steps) - lossOf(byHand, w - h, steps)) / (2 * h);
    expect(gradient['meta/w']![0]).toBeCloseTo(slope, 7);
  });

  it('LSLR: w_K = ρ w + (1 − ρ) ȳ with ρ = Π (1 − 2 α_k)', () => {
    const rates = [0.1, 0.3, -0.05];
    const algorithm = maml({ loss: 'squared-error', innerSteps: 3, innerLearningRate: perStep });
    const { gradient } = gradientAt(model, algorithm, {
      'rate/meta/w': { shape: [3], data: rates },
    });
    const rho = rates.reduce((product, rate) => product * (1 - 2 * rate), 1);
    const slopes = QUADRATIC.querySlopes(
      (task) => rho * w + (1 - rho) * QUADRATIC.supportMean(task),
    );
    expect(gradient['meta/w']![0]).toBeCloseTo(
      slopes.reduce((sum, slope) => sum + slope * rho, 0),
      12,
    );
    rates.forEach((rate, k) => {
      const ofRate = slopes.reduce(
        (sum, slope, task) =>
          sum + (slope * (w - QUADRATIC.supportMean(task)) * -2 * rho) / (1 - 2 * rate),
        0,
      );
      expect(gradient['rate/meta/w']![k]).toBeCloseTo(ofRate, 12);
    });
  });
});

describe('the multi-step loss', () => {
  it('is the weighted sum of the losses after each step, and so is its gradient', () => {
    const weights = [0.1, 0.2, 0.3, 0.4];
    const options = { innerSteps: 3, innerLearningRate: 0.7 };
    const program = trainProgram(toyModel(), maml({ ...options, stepLoss: weights }));
    const feeds = randomFeeds(program, 4);
    const after = weights.map((_, innerSteps) =>
      run(trainProgram(toyModel(), maml({ ...options, innerSteps })), feeds),
    );
    for (const [name, { data }] of Object.entries(run(program, feeds))) {
      const expected = data.map((_, i) =>
        weights.reduce((sum, weight, k) => sum + weight * after[k]![name]!.data[i]!, 0),
      );
      expectClose(data, expected, 1e-12);
    }
  });

  it('on the last step alone is no multi-step loss', () => {
    const [last, none] = [[0, 0, 1], null].map((stepLoss) =>
      trainProgram(toyModel(), maml({ innerSteps: 2, stepLoss })),
    );
    const feeds = randomFeeds(none!, 5);
    expect(run(last!, feeds)).toEqual(run(none!, feeds));
  });

  it('takes annealed weights as an input', () => {
    const program = trainProgram(toyModel(), mamlPlusPlus({ innerSteps: 3 }));
    expect(program.inputs['step/weights']!.shape).toEqual([3]);
    const feeds = withData(randomFeeds(program, 5), 'step/weights', [0, 0, 1]);
    const last = trainProgram(toyModel(), mamlPlusPlus({ innerSteps: 3, stepLoss: null }));
    const actual = run(program, feeds);
    for (const [name, { data }] of Object.entries(run(last, feeds))) {
      expectClose(actual[name]!.data, data, 1e-12);
    }
  });
});

describe('with no inner steps', () => {
  const options = { innerSteps: 0, stepLoss: null };
  it.each([fomaml, metaSgd, anil, boil, mamlPlusPlus, metaEmb, fineTuning])(
    'an algorithm is conventional training: %o',
    (preset) => {
      const plain = trainProgram(toyModel(), maml(options));
      const feeds = randomFeeds(plain, 6);
      const program = trainProgram(toyModel(), preset({ ...options, firstOrderEpochs: 0 }));
      expect(run(program, feeds)).toEqual(run(plain, feeds));
    },
  );
});

describe('weights of tasks', () => {
  const model = constantModel((x) => x);
  const ragged = (feeds: Feeds): Feeds => withData(feeds, 'query/mask', [1, 1, 1, 0]);

  it('are uniform: the mean of the tasks’ means', () => {
    const options = { loss: 'squared-error', innerSteps: 0 } as const;
    const program = trainProgram(model, maml({ ...options, taskWeighting: 'uniform' }));
    const { loss, weight } = run(program, ragged(quadraticFeeds()));
    const { w } = QUADRATIC;
    const [first, second] = QUADRATIC.query.map((labels) => labels.map((y) => (w - y) ** 2));
    const means = [(first![0]! + first![1]!) / 2, second![0]!];
    expect(loss!.data[0]).toBeCloseTo((means[0]! + means[1]!) / 2, 12);
    expect(weight!.data[0]).toBe(2);
  });

  it('of a hook that gives the rows are those by size', () => {
    const taskWeights = ({ queryRows }: { queryRows: Tensor }): Tensor => queryRows;
    const [hook, size] = [maml({ hooks: { taskWeights } }), maml()].map((algorithm) =>
      trainProgram(toyModel(), algorithm),
    );
    const feeds = randomFeeds(size!, 7);
    const [actual, expected] = [run(hook!, feeds), run(size!, feeds)];
    for (const [name, { data }] of Object.entries(expected)) {
      expectClose(actual[name]!.data, data, 1e-12);
    }
    expect(actual.weight!.data[0]).toBe(feeds['query/mask']!.data.reduce((a, b) => a + b));
  });
});

describe('targets', () => {
  const model = toyModel('whole', TARGETS);

  it('are scored with the label, with probabilities where they are classes', () => {
    const { outputs } = evaluateProgram(model, maml());
    expect(Object.keys(outputs)).toEqual([
      'embedding',
      'logits',
      'logits/applied',
      'probability/applied',
      'logits/hours',
    ]);
    const shape: readonly Dim[] = ['T', 'Q'];
    expect(outputs['logits/hours']!.shape).toEqual(shape);
  });

  it('that the model does not score are an error', () => {
    const silent = { ...model, scoreTargets: () => ({}) };
    expect(() => trainProgram(silent, maml())).toThrow('LIMAML_ERR_CORE_TARGET_MISSING');
  });

  it('count with their weight beside the label', () => {
    const none = Object.fromEntries(
      Object.entries(TARGETS).map(([name, target]) => [name, { ...target, weight: 0 }]),
    );
    const program = trainProgram(toyModel('whole', none), maml());
    const feeds = randomFeeds(program, 8);
    const alone = run(trainProgram(toyModel(), maml()), feeds);
    expectClose(run(program, feeds).loss!.data, alone.loss!.data, 1e-12);
  });
});
