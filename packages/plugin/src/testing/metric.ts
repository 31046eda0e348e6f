import type { MetricPlugin, Predictions } from '../contracts/index.js';
import { ensure, runChecks } from './conformance.js';
import type { Check, ConformanceReport } from './conformance.js';
import { pluginChecks } from './plugin-checks.js';

const TOLERANCE = 1e-6;
/** Labels of three tasks of different size, each with both classes. */
const TASKS = [
  [1, 0, 1, 0, 0],
  [0, 1, 1],
  [0, 0, 0, 1, 1, 0, 1],
] as const;

/**
 * Conformance suite of metric plugins: the order of rows and tasks does not matter, a perfect predictor beats
 * its opposite in the stated direction, one class or no rows give undefined or a finite number, nothing is
 * written to. Works under any test runner.
 *
 * @returns the checks, all passed
 * @throws LIMAML_ERR_PLUGIN_CONFORMANCE that lists what failed and how to repair it
 *
 * @example
 * ```ts
 * await testMetricPlugin(auc());
 * ```
 */
export function testMetricPlugin(metric: MetricPlugin): Promise<ConformanceReport> {
  return runChecks(`metric ${metric.name}`, [
    ...pluginChecks(metric, 'defineMetric'),
    ...valueChecks(metric),
    ...orderChecks(metric),
    ...edgeChecks(metric),
    ...(metric.weigh ? weighingChecks(metric) : []),
  ]);
}

function valueChecks(metric: MetricPlugin): readonly Check[] {
  return [
    {
      name: 'is a finite number where both classes are present, the same each time',
      fix: 'Use predictions.seed, not a clock or Math.random, and keep no state between calls',
      run: () => {
        const value = evaluateMixed(metric, mixed());
        ensure(value === evaluateMixed(metric, mixed()), 'two calls differ');
      },
    },
    {
      name: 'a perfect predictor beats its opposite in the stated direction',
      fix: `Turn \`better\` round, or the sign of the value`,
      run: () => {
        const perfect = evaluateMixed(
          metric,
          predictionsOf((label) => (label === 1 ? 8 : -8)),
        );
        const opposite = evaluateMixed(
          metric,
          predictionsOf((label) => (label === 1 ? -8 : 8)),
        );
        const wins = metric.better === 'higher' ? perfect > opposite : perfect < opposite;
        ensure(
          wins,
          `${metric.better} is better, but perfect has ${perfect} and its opposite ${opposite}`,
        );
      },
    },
    {
      name: 'writes to nothing it is given',
      fix: 'Sort a copy of the rows, or an array of indices',
      run: () => {
        const predictions = mixed();
        metric.evaluate(predictions);
        ensure(sameNumbers(predictions, mixed()), 'score, label or offsets changed');
      },
    },
  ];
}

/** Weights of the tasks. */
const WEIGHTS = [2, 0, 1] as const;

function weighingChecks(metric: MetricPlugin): readonly Check[] {
  const expectWeighed = (weights: readonly number[], predictions: Predictions): void => {
    const value = evaluateMixed(metric, predictions);
    const weighed = Number(metric.weigh!(mixed())(Float64Array.from(weights)));
    ensure(
      Math.abs(weighed - value) <= TOLERANCE,
      `with weights ${weights.join(', ')} it is ${weighed}, evaluated ${value}`,
    );
  };
  return [
    {
      name: 'tasks that are weighed by 1 give the value itself',
      fix: 'Compute `evaluate` and `weigh` from the same numbers',
      run: () => {
        expectWeighed([1, 1, 1], mixed());
      },
    },
    {
      name: 'a weight is how often a task counts',
      fix: 'Multiply what a task adds to sums and counts by its weight',
      run: () => {
        const repeated = TASKS.flatMap((labels, at) =>
          new Array<readonly number[]>(WEIGHTS[at]!).fill(labels),
        );
        expectWeighed(WEIGHTS, predictionsOf(scatteredScore, repeated));
      },
    },
  ];
}

function orderChecks(metric: MetricPlugin): readonly Check[] {
  return [
    {
      name: 'the order of rows within a task does not matter',
      fix: 'Compare rows by score and label, never by position',
      run: () => {
        expectSame(metric, reversedRows(mixed()), 'with each task read backwards');
      },
    },
    {
      name: 'the order of tasks does not matter',
      fix: 'Combine tasks by a symmetric sum or mean',
      run: () => {
        expectSame(
          metric,
          predictionsOf(scatteredScore, TASKS.toReversed()),
          'with the tasks reversed',
        );
      },
    },
  ];
}

function edgeChecks(metric: MetricPlugin): readonly Check[] {
  const cases: readonly (readonly [string, Predictions])[] = [
    ['rows of one class', predictionsOf(scatteredScore, [[1, 1, 1]])],
    ['a task of one row', predictionsOf(scatteredScore, [[0]])],
    ['a task without rows', predictionsOf(scatteredScore, [[], [1, 0]])],
    ['no tasks', predictionsOf(scatteredScore, [])],
  ];
  return cases.map(([name, predictions]) => ({
    name: `${name} give undefined or a finite number`,
    fix: 'Return undefined where the metric does not exist; divide by no zero, throw nothing',
    run: () => {
      const value = metric.evaluate(predictions);
      ensure(value === undefined || Number.isFinite(value), `it returned ${value}`);
    },
  }));
}

function expectSame(metric: MetricPlugin, other: Predictions, how: string): void {
  const [value, permuted] = [evaluateMixed(metric, mixed()), evaluateMixed(metric, other)];
  ensure(Math.abs(value - permuted) <= TOLERANCE, `${value}, but ${permuted} ${how}`);
}

function evaluateMixed(metric: MetricPlugin, predictions: Predictions): number {
  const value = metric.evaluate(predictions);
  ensure(Number.isFinite(value), `it returned ${value} for rows of both classes`);
  return Number(value);
}

function mixed(): Predictions {
  return predictionsOf(scatteredScore);
}

/** Distinct scores, so that no tie is broken by position, made from task size and row. */
function scatteredScore(_label: number, row: number, size: number): number {
  return ((row * 37 + size * 101) % 97) / 24 - 2;
}

function predictionsOf(
  score: (label: number, row: number, size: number) => number,
  tasks: readonly (readonly number[])[] = TASKS,
): Predictions {
  const ends = tasks.map((_, index) => tasks.slice(0, index + 1).flat().length);
  return {
    tasks: tasks.length,
    offsets: Int32Array.from([0, ...ends]),
    score: Float32Array.from(
      tasks.flatMap((labels) => labels.map((label, row) => score(label, row, labels.length))),
    ),
    label: Float32Array.from(tasks.flat()),
    seed: 7,
  };
}

function reversedRows({ tasks, offsets, score, label, seed }: Predictions): Predictions {
  const backwards = (values: Float32Array) => {
    const copy = values.slice();
    for (let task = 0; task < tasks; task++)
      copy.subarray(offsets[task], offsets[task + 1]).reverse();
    return copy;
  };
  return { tasks, offsets, score: backwards(score), label: backwards(label), seed };
}

function sameNumbers(a: Predictions, b: Predictions): boolean {
  const words = ({ offsets, score, label }: Predictions) => [...offsets, ...score, ...label].join();
  return words(a) === words(b);
}
