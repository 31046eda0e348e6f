import { describe, expect, it } from 'vitest';
import type { Algorithm } from '../algorithm/algorithm.js';
import { maml } from '../algorithm/presets/maml.js';
import { imaml } from '../algorithm/presets/without-unrolling.js';
import { expectClose } from '../finite-differences.test-support.js';
import { peakLiveElements } from '../live-elements.test-support.js';
import { adaptProgram, trainProgram } from '../programs/programs.js';
import { expectTasksApart, gradientAt, QUADRATIC } from '../quadratic.test-support.js';
import { constantModel, randomFeeds, run, toyModel, withData } from '../toy-model.test-support.js';

describe('the implicit gradient', () => {
  it.each([1, 5])(
    'of a quadratic task is λ / (2 + λ) of the slope at θ′, %i steps',
    (innerSteps) => {
      const { w, alpha } = QUADRATIC;
      const proximal = 1.5;
      const algorithm = imaml({
        loss: 'squared-error',
        innerLearningRate: alpha,
        innerSteps,
        proximal,
      });
      const { gradient, loss } = gradientAt(
        constantModel((x) => x),
        algorithm,
      );
      // The proximal objective is a parabola of curvature 2 + λ around (2 ȳ + λ w) / (2 + λ).
      const adapted = (task: number): number => {
        const optimum = (2 * QUADRATIC.supportMean(task) + proximal * w) / (2 + proximal);
        return optimum + (1 - alpha * (2 + proximal)) ** innerSteps * (w - optimum);
      };
      const slope = QUADRATIC.querySlopes(adapted).reduce((a, b) => a + b);
      expect(loss).toBeCloseTo(QUADRATIC.meanQueryLoss(adapted), 12);
      expect(gradient['meta/w']![0]).toBeCloseTo((proximal / (2 + proximal)) * slope, 12);
    },
  );

  it('is that of MAML run to convergence, for every parameter and table', () => {
    const options: Partial<Algorithm> = {
      innerSteps: 60,
      innerLearningRate: 0.35,
      proximal: 2,
      adapts: ['meta/tower/layers/1', 'meta/offset'],
    };
    const model = toyModel();
    const unrolled = trainProgram(model, maml(options));
    const implicit = trainProgram(
      model,
      imaml({ ...options, implicit: { steps: 12, damping: 0 } }),
    );
    const feeds = randomFeeds(unrolled, 3);
    const [expected, actual] = [run(unrolled, feeds), run(implicit, feeds)];
    expect(Object.keys(actual)).toEqual(Object.keys(expected));
    for (const [name, { data }] of Object.entries(expected)) {
      expect(Math.max(...data.map(Math.abs)), name).toBeGreaterThan(1e-6);
      expectClose(actual[name]!.data, data, 1e-9);
    }
  });

  it('does not depend on what leads to the minimum', () => {
    const options = { innerSteps: 80, innerLearningRate: 0.3, proximal: 2 };
    const [plain, momentum] = [
      imaml(options),
      imaml({ ...options, innerOptimiser: { kind: 'momentum', beta: 0.3 }, innerClipNorm: 5 }),
    ].map((algorithm) => trainProgram(toyModel(), algorithm));
    const feeds = randomFeeds(plain!, 3);
    const expected = run(plain!, feeds);
    for (const [name, { data }] of Object.entries(run(momentum!, feeds))) {
      expectClose(data, expected[name]!.data, 1e-8);
    }
  });
});

describe('the memory of a training step', () => {
  const peakOf = (algorithm: Algorithm): number =>
    peakLiveElements(trainProgram(toyModel(), algorithm), {
      ...{ T: 16, S: 20, Q: 20 },
    });
  const options = { innerLearningRate: 0.1, proximal: 1 };

  it('does not grow with the inner steps of iMAML, and does with those of MAML', () => {
    const [few, many] = [2, 16].map((innerSteps) => peakOf(imaml({ ...options, innerSteps })));
    expect(many).toBe(few);
    const unrolled = [2, 16].map((innerSteps) => peakOf(maml({ ...options, innerSteps })));
    expect(unrolled[1]).toBeGreaterThan(4 * unrolled[0]!);
  });
});

describe('iMAML', () => {
  it('keeps tasks and padding apart', () => {
    expectTasksApart(toyModel(), imaml());
    expectTasksApart(toyModel(), imaml({ taskWeighting: 'uniform', innerDropout: true }));
  });

  it('is conventional training with no inner steps', () => {
    const [implicit, plain] = [imaml({ innerSteps: 0 }), maml({ innerSteps: 0 })].map((algorithm) =>
      trainProgram(toyModel(), algorithm),
    );
    const feeds = randomFeeds(plain!, 6);
    expect(run(implicit!, feeds)).toEqual(run(plain!, feeds));
  });

  it('leaves the prior where there is no support, and has finite gradients there', () => {
    const [adapt, still, train] = [
      adaptProgram(toyModel(), imaml()),
      adaptProgram(toyModel(), maml({ innerSteps: 0 })),
      trainProgram(toyModel(), imaml()),
    ];
    const feeds = randomFeeds(train, 3);
    const none = feeds['support/mask']!.data.map(() => 0);
    const empty = withData(feeds, 'support/mask', none);
    expect(run(adapt, empty)).toEqual(run(still, empty));
    // Without support rows the minimum is θ itself, so the gradient is that of conventional training.
    const plain = run(trainProgram(toyModel(), maml({ innerSteps: 0 })), empty);
    for (const [name, { data }] of Object.entries(run(train, empty))) {
      expectClose(data, plain[name]!.data, 1e-12);
    }
  });

  it('takes no step along a direction without positive curvature', () => {
    // No algorithm may have a λ below 0; with this one the curvature 2 + λ of the inner objective is negative.
    const concave = { ...imaml({ loss: 'squared-error' }), proximal: -3 };
    const { gradient } = gradientAt(
      constantModel((x) => x),
      concave,
    );
    expect(gradient['meta/w']).toEqual([0]);
  });
});
