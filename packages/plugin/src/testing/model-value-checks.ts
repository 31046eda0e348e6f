import {
  adaptProgram,
  evaluateProgram,
  priorProgram,
  scoreProgram,
  trainProgram,
} from '@limaml/core';
import { bindDims } from '@limaml/graph';
import type { Program, Value } from '@limaml/graph';
import type { Check } from './conformance.js';
import { SIZES, featureOf, feedsOf, run } from './model-fixture.js';
import type { Feeds, TestedModel } from './model-fixture.js';
import { changeFeeds, ensureClose, ensureFinite, ensureSame } from './model-values.js';

const TASKS = SIZES.T!;
/** What lies in masked rows must not matter. */
const GARBAGE = -17.5;

/** Checks of what the programs of a model compute. */
export function valueChecks(tested: TestedModel): readonly Check[] {
  const { model, algorithm } = tested;
  return [
    {
      name: 'a masked row contributes exactly nothing',
      fix: 'Multiply by support.mask before every sum over the rows, or pool with meanPool(rows, mask)',
      run: () => {
        const program = trainProgram(model, algorithm);
        const feeds = feedsOf(tested, program);
        const dirty = run(program, withGarbage(tested, feeds));
        ensureSame(run(program, feeds), dirty, 'with other numbers in masked rows');
      },
    },
    {
      name: 'each task gets what it gets alone',
      fix: 'Sum and normalise over the rows and the features, never over the axis of the tasks',
      run: () => {
        checkIndependence(tested, evaluateProgram(model, algorithm));
      },
    },
    {
      name: 'an empty support set gives the prior embedding',
      fix: 'Divide by the number of rows plus something above 0, so that no rows give zero and not NaN',
      run: () => {
        checkPrior(tested);
      },
    },
    {
      name: 'scores from the stored embedding what the adapted network scores',
      fix: 'Compute score() from its arguments; what it needs of the entity belongs into the meta embedding',
      run: () => {
        checkParity(tested);
      },
    },
    {
      name: 'loss and gradients are finite',
      fix: 'Keep logarithms, roots and divisions away from 0, where their gradients are infinite',
      run: () => {
        const program = trainProgram(model, algorithm);
        ensureFinite(run(program, feedsOf(tested, program)));
      },
    },
  ];
}

/** Other numbers, and other ids, in the masked rows of the support set and the query set. */
function withGarbage({ schema }: TestedModel, feeds: Feeds): Feeds {
  return changeFeeds(feeds, (name, value, at, size) => {
    const set = /^(support|query)\/(?!mask)/.exec(name)?.[1];
    const mask = feeds[`${set}/mask`]?.data;
    if (mask?.[Math.floor((at * mask.length) / size)] !== 0) return value;
    const feature = featureOf(schema, name);
    return feature === undefined || feature.kind === 'dense' ? GARBAGE : Number(value === 0);
  });
}

function checkIndependence(tested: TestedModel, program: Program): void {
  const feeds = feedsOf(tested, program);
  const together = run(program, feeds);
  for (let task = 0; task < TASKS; task++) {
    const alone = run(
      program,
      pick(feeds, task, (name) => !isParameter(name)),
    );
    ensureClose(pick(together, task), alone, `task ${task} alone`);
  }
}

/** The slice of one task of those tensors that have an axis of tasks. */
function pick(
  values: Readonly<Record<string, Value>>,
  task: number,
  perTask: (name: string) => boolean = () => true,
): Feeds {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      if (!perTask(name)) return [name, value];
      const size = value.data.length / TASKS;
      const data = value.data.slice(task * size, (task + 1) * size);
      return [name, { shape: [1, ...value.shape.slice(1)], data }];
    }),
  );
}

function isParameter(name: string): boolean {
  return /^(?:meta|global|rate|table)\//.test(name);
}

function checkPrior(tested: TestedModel): void {
  const { model, algorithm } = tested;
  const adapt = adaptProgram(model, algorithm);
  // Without entity features nothing says how many tasks there are.
  const prior = bindDims(priorProgram(model), SIZES);
  const feeds = { ...feedsOf(tested, adapt), ...feedsOf(tested, prior) };
  const empty = changeFeeds(feeds, (name, value) => (name === 'support/mask' ? 0 : value));
  const expected = run(prior, feeds);
  ensureFinite(expected);
  ensureClose(expected, run(adapt, empty), 'with every support row masked');
}

function checkParity(tested: TestedModel): void {
  const { model, algorithm } = tested;
  const evaluate = evaluateProgram(model, algorithm);
  const feeds = feedsOf(tested, evaluate);
  const { embedding, logits } = run(evaluate, feeds);
  const score = scoreProgram(model);
  const rows = Object.keys(model.inputs.rows).map((name) => [name, feeds[`query/${name}`]!]);
  const scored = run(score, {
    ...feeds,
    ...(Object.fromEntries(rows) as Feeds),
    embedding: embedding!,
  });
  ensureClose({ logits: logits! }, scored, 'the score program');
}
