import { adaptProgram, adaptedParameters, parameterSpecs, trainProgram } from '@limaml/core';
import type { Algorithm } from '@limaml/core';
import { formatProgram } from '@limaml/graph';
import type { Value } from '@limaml/graph';
import type { AlgorithmPlugin } from '../contracts/index.js';
import {
  algorithmModel,
  differences,
  feedsOf,
  taskOf,
  testedAlgorithm,
  withOtherPadding,
  withoutSupport,
} from './algorithm-fixture.js';
import { ensure, hasCode, runChecks, wordError } from './conformance.js';
import type { Check, ConformanceReport } from './conformance.js';
import { run } from './model-fixture.js';
import { ensureClose, ensureFinite, ensureSame } from './model-values.js';
import { pluginChecks } from './plugin-checks.js';

/** Differences are good to about the square of their step. */
const TOLERANCE = 1e-6;

/**
 * Conformance suite of algorithm plugins, on a small smooth model in double precision: options win over defaults
 * and are refused with coded errors, programs are the same each time, gradients are finite and, where the
 * algorithm differentiates all it does, agree with finite differences; a task without support stays at the prior,
 * tasks do not touch each other, padding touches nothing. Works under any test runner.
 *
 * @returns the checks, all passed
 * @throws LIMAML_ERR_PLUGIN_CONFORMANCE that lists what failed and how to repair it
 *
 * @example
 * ```ts
 * await testAlgorithmPlugin(defineAlgorithm({ name: 'maml', create: maml }));
 * ```
 */
export function testAlgorithmPlugin(plugin: AlgorithmPlugin): Promise<ConformanceReport> {
  return runChecks(`algorithm ${plugin.name}`, [
    ...pluginChecks(plugin, 'defineAlgorithm'),
    ...optionChecks(plugin),
    ...gradientChecks(plugin),
    ...taskChecks(plugin),
  ]);
}

function optionChecks(plugin: AlgorithmPlugin): readonly Check[] {
  return [
    {
      name: 'options that are given win over the defaults',
      fix: 'Spread the options last: create: (options) => maml({ …defaults, …options })',
      run: () => {
        const { supportShrinkage } = plugin.create({ supportShrinkage: 3.5 });
        ensure(supportShrinkage === 3.5, `supportShrinkage: 3.5 became ${supportShrinkage}`);
        const name = plugin.create({ name: 'another' }).name;
        ensure(name === 'another', `name: 'another' became '${name}'`);
      },
    },
    {
      name: 'options out of range are refused with a coded error',
      fix: 'Make the algorithm with maml() or another preset of @limaml/core, which check options',
      run: () => {
        ensureRefused(plugin, { innerSteps: -1 });
        ensureRefused(plugin, { supportShrinkage: NaN });
      },
    },
    {
      name: 'two algorithms of the same options make the same programs',
      fix: 'Keep no state between calls of create() and of hooks, and draw nothing at random',
      run: () => {
        const [first, second] = [1, 2].map(() =>
          formatProgram(trainProgram(algorithmModel(), plugin.create())),
        );
        ensure(first === second, 'the training programs differ');
      },
    },
  ];
}

function ensureRefused(
  plugin: AlgorithmPlugin,
  options: Pick<Partial<Algorithm>, 'innerSteps' | 'supportShrinkage'>,
): void {
  const words = Object.entries(options).map(([name, value]) => `${name}: ${value}`);
  try {
    plugin.create(options);
  } catch (error) {
    ensure(hasCode(error), `${words.join()} is refused without a code: ${wordError(error)}`);
    return;
  }
  throw new Error(`${words.join()} is accepted`);
}

function gradientChecks(plugin: AlgorithmPlugin): readonly Check[] {
  return [
    {
      name: 'every parameter gets a finite gradient, tasks without support included',
      fix: 'In hooks, avoid roots and quotients that have no derivative at 0',
      run: () => {
        const { train, feeds } = testedAlgorithm(plugin.create());
        ensureFinite(run(train, feeds));
        ensureFinite(run(train, withoutSupport(feeds)));
      },
    },
    {
      name: 'gradients agree with finite differences, where the algorithm differentiates all it does',
      fix: "Use differentiable operations in hooks, no stopGradient; or set order: 'first' where that is meant",
      run: () => {
        const algorithm = plugin.create();
        if (isExact(algorithm)) checkDerivatives(algorithm);
      },
    },
  ];
}

/** Whether the meta-gradient is the derivative of the loss, not an approximation of it. */
function isExact({ metaGradient, order, innerSteps }: Algorithm): boolean {
  if (innerSteps === 0 || metaGradient === 'joint') return true;
  return metaGradient === 'unrolled' && order === 'second';
}

function checkDerivatives(algorithm: Algorithm): void {
  const tested = testedAlgorithm(algorithm);
  const outputs = run(tested.train, tested.feeds);
  for (const name of Object.keys(parameterSpecs(algorithmModel(), algorithm))) {
    if (tested.feeds[name] === undefined) continue;
    const found = outputs[`grad/${name}`]!.data;
    differences(tested, name).forEach((expected, at) => {
      const off = Math.abs(found[at]! - expected);
      ensure(off <= TOLERANCE, `element ${at} of grad/${name} is ${found[at]}, not ${expected}`);
    });
  }
}

function taskChecks(plugin: AlgorithmPlugin): readonly Check[] {
  return [
    {
      name: 'a task without support keeps the prior embedding, exactly',
      fix: 'Let hooks leave a loss or a gradient of 0 as it is; supportRows says who has no support',
      run: () => {
        const algorithm = plugin.create();
        const adapt = adaptProgram(algorithmModel(), algorithm);
        const prior = adaptProgram(algorithmModel(), { ...algorithm, innerSteps: 0 });
        const feeds = withoutSupport({ ...feedsOf(prior), ...feedsOf(adapt) });
        ensureSame(run(prior, feeds), run(adapt, feeds), 'without support');
      },
    },
    {
      name: 'adapts what it says it adapts',
      fix: 'Set innerSteps and innerLearningRate above 0, and let `adapts` name parameters of the meta block',
      run: () => {
        checkAdapts(plugin.create());
      },
    },
    {
      name: 'the loss of a batch is the weighted mean of the losses of its tasks',
      fix: 'In hooks, sum and average over axes other than the first, which holds the tasks',
      run: () => {
        checkTasksApart(plugin.create());
      },
    },
    {
      name: 'padding changes nothing',
      fix: 'In hooks, multiply what is computed from rows by their mask',
      run: () => {
        const { train, feeds } = testedAlgorithm(plugin.create());
        ensureSame(run(train, feeds), run(train, withOtherPadding(feeds)), 'with other padding');
      },
    },
  ];
}

function checkAdapts(algorithm: Algorithm): void {
  const model = algorithmModel();
  if (adaptedParameters(model, algorithm).length === 0) return;
  const [adapt, still] = [algorithm, { ...algorithm, innerSteps: 0 }].map((each) =>
    adaptProgram(model, each),
  );
  const feeds = { ...feedsOf(still!), ...feedsOf(adapt!) };
  const [adapted, shared] = [run(adapt!, feeds), run(still!, feeds)];
  const same = adapted.embedding!.data.every((value, at) => value === shared.embedding!.data[at]);
  ensure(!same, 'the inner loop changes nothing');
}

function checkTasksApart(algorithm: Algorithm): void {
  const { train, feeds } = testedAlgorithm(algorithm);
  const tasks = [0, 1, 2].map((task) => taskOf(feeds, task));
  const outputs = tasks.map((task) => run(train, task));
  const weights = outputs.map(({ weight }, task) => weight?.data[0] ?? rowsOf(tasks[task]!));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const together = run(train, feeds);
  const means = Object.entries(together).filter(([name]) => name !== 'weight');
  const mean = means.map(([name, { shape, data }]) => {
    const values = data.map((_each, at) =>
      outputs.reduce(
        (sum, output, task) => sum + (weights[task]! / total) * output[name]!.data[at]!,
        0,
      ),
    );
    return [name, { shape, data: values }] as const;
  });
  ensureClose(Object.fromEntries(mean), together, 'a batch');
}

/** Real query rows. */
function rowsOf(feeds: Readonly<Record<string, Value>>): number {
  return feeds['query/mask']!.data.reduce((sum, value) => sum + value, 0);
}
