import { expect } from 'vitest';
import type { Algorithm } from './algorithm/algorithm.js';
import type { Model } from './model.js';
import { trainProgram } from './programs/programs.js';
import { type Feeds, randomFeeds, run } from './toy-model.test-support.js';

const SUPPORT = [
  [1, 2, 6],
  [-1, 0, 1],
];
const QUERY = [
  [2, 3],
  [0.5, -2],
];

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b) / values.length;

/** Two tasks with squared error: the loss of a constant w on labels y is (w − y)², and on average minimal at ȳ. */
export const QUADRATIC = {
  w: 0.4,
  alpha: 0.15,
  support: SUPPORT,
  query: QUERY,
  supportMean: (task: number): number => mean(SUPPORT[task]!),
  /** Query loss where each task predicts its own w′. */
  meanQueryLoss: (adapted: (task: number) => number): number =>
    mean(QUERY.flatMap((labels, task) => labels.map((y) => (adapted(task) - y) ** 2))),
  /** Derivative of the query loss with respect to each task's w′. */
  querySlopes: (adapted: (task: number) => number): readonly number[] =>
    QUERY.map((labels, task) =>
      labels.reduce((sum, y) => sum + (2 * (adapted(task) - y)) / QUERY.flat().length, 0),
    ),
};

/** The two tasks for `constantModel`. */
export function quadraticFeeds(): Feeds {
  const ones = (count: number): number[] => Array<number>(count).fill(1);
  return {
    'meta/w': { shape: [1], data: [QUADRATIC.w] },
    'support/row.x': { shape: [2, 3, 1], data: ones(6) },
    'support/label': { shape: [2, 3], data: SUPPORT.flat() },
    'support/mask': { shape: [2, 3], data: ones(6) },
    'query/row.x': { shape: [2, 2, 1], data: ones(4) },
    'query/label': { shape: [2, 2], data: QUERY.flat() },
    'query/mask': { shape: [2, 2], data: ones(4) },
  };
}

/** Loss and meta-gradient on the two tasks. */
export function gradientAt(
  model: Model,
  algorithm: Algorithm,
  further: Feeds = {},
): { loss: number; gradient: Readonly<Record<string, readonly number[]>> } {
  const outputs = run(trainProgram(model, algorithm), { ...quadraticFeeds(), ...further });
  const gradients = Object.entries(outputs).filter(([name]) => name.startsWith('grad/'));
  return {
    loss: outputs.loss!.data[0]!,
    gradient: Object.fromEntries(
      gradients.map(([name, { data }]) => [name.slice('grad/'.length), [...data]]),
    ),
  };
}

/**
 * Checks that a batch has the weighted mean of its tasks' losses and gradients, and that nothing in masked rows
 * changes any number.
 */
export function expectTasksApart(model: Model, algorithm: Algorithm): void {
  const train = trainProgram(model, algorithm);
  const feeds = randomFeeds(train, 22);
  const together = run(train, feeds);
  const alone = [0, 1, 2].map((task) => taskOf(feeds, task, 3));
  const outputs = alone.map((task) => run(train, task));
  const weights = outputs.map(
    ({ weight }, task) =>
      weight?.data[0] ?? alone[task]!['query/mask']!.data.reduce((a, b) => a + b),
  );
  const total = weights.reduce((a, b) => a + b);
  for (const [name, { data }] of Object.entries(together)) {
    if (name === 'weight') continue;
    data.forEach((value, i) => {
      const expected = outputs.reduce(
        (sum, output, task) => sum + (weights[task]! / total) * output[name]!.data[i]!,
        0,
      );
      expect(Math.abs(value - expected), name).toBeLessThan(1e-12);
    });
  }
  expect(run(train, withGarbage(feeds))).toEqual(together);
}

/** Task `task` of every feed that has a task axis. */
export function taskOf(feeds: Feeds, task: number, tasks: number): Feeds {
  const isShared = (name: string): boolean => /^(meta|global|rate|table|step)\//.test(name);
  return Object.fromEntries(
    Object.entries(feeds).map(([name, feed]) => {
      if (isShared(name)) return [name, feed];
      const size = feed.data.length / tasks;
      const data = feed.data.slice(task * size, (task + 1) * size);
      return [name, { shape: [1, ...feed.shape.slice(1)], data }];
    }),
  );
}

/** Changes every feature, outcome, label and dropout mask of masked rows. */
export function withGarbage(feeds: Feeds): Feeds {
  return Object.fromEntries(
    Object.entries(feeds).map(([name, { shape, data }]) => {
      const mask = feeds[`${setOf(name)}/mask`]?.data;
      const width = data.length / (mask?.length ?? 1);
      const garbage = name.endsWith('row.item') ? 3 : -17.5;
      const isPadding = (i: number): boolean => mask?.[Math.floor(i / width)] === 0;
      return [name, { shape, data: data.map((value, i) => (isPadding(i) ? garbage : value)) }];
    }),
  );
}

/** The rows that a feed belongs to: support, query or none. */
function setOf(name: string): string | undefined {
  if (name.startsWith('noise/')) return name.startsWith('noise/support/') ? 'support' : 'query';
  return /^(support|query)\/(?:row|outcome|label)/.exec(name)?.[1];
}
