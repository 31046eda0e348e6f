import type { MetaInput, Model } from '@limaml/core';
import { add, div, log, mean, mul, spec, sum, zeros } from '@limaml/graph';
import type { Tensor } from '@limaml/graph';
import { describe, expect, it } from 'vitest';
import { defineModel } from '../index.js';
import type { ModelPlugin } from '../index.js';
import { courseModel } from './course-model.test-support.js';
import { testModelPlugin } from './index.js';

type Change = (model: Model) => Partial<Model>;

/** Adds something to the meta embedding. */
const adding = (more: (input: MetaInput, embedding: Tensor) => Tensor): Change => {
  return (model) => ({
    metaEmbedding: (meta, input) => {
      const embedding = model.metaEmbedding(meta, input);
      return add(embedding, more(input, embedding));
    },
  });
};

const label = ({ support }: MetaInput): Tensor => support.label;

/** Adds the embedding that was scored last, whichever program that was in. */
function remembering(): Change {
  let last: Tensor | undefined;
  return (model) => ({
    score: (params, input) => {
      last = input.embedding;
      return model.score(params, input);
    },
    metaEmbedding: (meta, input) => {
      const embedding = model.metaEmbedding(meta, input);
      return last === undefined ? embedding : add(embedding, last);
    },
  });
}

describe('testModelPlugin', () => {
  it('passes a good model and reports every check', async () => {
    const { subject, checks } = await testModelPlugin(courseModel());
    expect(subject).toBe('model course');
    expect(checks.length).toBeGreaterThanOrEqual(20);
    expect(checks.every(({ passed }) => passed)).toBe(true);
  });

  it.each<[string, Change, RegExp]>([
    [
      'a feature that the schema has not',
      ({ inputs }) => ({ inputs: { ...inputs, entity: { 'entity.aeg': spec(['T', 1]) } } }),
      /inputs\.entity has "entity\.aeg"/,
    ],
    [
      'a feature of another shape',
      ({ inputs }) => ({ inputs: { ...inputs, entity: { 'entity.age': spec(['T', 2]) } } }),
      /"entity\.age" is float32 \[T, 2\], the schema says float32 \[T, 1\]/,
    ],
    ['a width below one', () => ({ embeddingDim: 0 }), /embeddingDim is 0/],
    [
      'a parameter without a size',
      ({ params }) => ({
        params: {
          ...params,
          global: { ...params.global, odd: { shape: [0], init: { kind: 'zeros' } } },
        },
      }),
      /global\/odd has the shape \[0\]/,
    ],
    [
      'a parameter that nothing reads',
      ({ params }) => ({
        params: {
          ...params,
          meta: { ...params.meta, odd: { shape: [1], init: { kind: 'zeros' } } },
        },
      }),
      /nothing reads meta\/odd/,
    ],
    [
      'a table that is too short',
      ({ tables }) => ({ tables: { item: { ...tables.item!, rows: 5 } } }),
      /table "item" has 5 rows for 6 ids/,
    ],
    [
      'a table of no vocabulary',
      ({ tables }) => ({ tables: { item: { ...tables.item!, vocabulary: 'item' } } }),
      /the vocabulary "item", which no feature has/,
    ],
    ['a head of no layer', () => ({ head: ['meta/last'] }), /head names "meta\/last"/],
    ['a dropout rate of one', () => ({ noise: { item: { width: 3, rate: 1 } } }), /the rate 1/],
    ['an embedding of another width', () => ({ embeddingDim: 4 }), /not \[T, 4\]/],
    ['a model that remembers tensors', remembering(), /FOREIGN_INPUT/],
    [
      'a sum over masked rows',
      adding((input) => mul(sum(label(input), { axes: [1], keepDims: true }), 0.1)),
      /with other numbers in masked rows/,
    ],
    [
      'a mean over tasks',
      adding((_, embedding) => mean(embedding, { axes: [0], keepDims: true })),
      /task 0 alone/,
    ],
    [
      'a division by no rows',
      adding(({ support }) => {
        const rows = sum(support.mask, { axes: [1], keepDims: true });
        return div(sum(mul(support.label, support.mask), { axes: [1], keepDims: true }), rows);
      }),
      /✗ an empty support set gives the prior embedding\n.*NaN/,
    ],
    [
      'a gradient that is infinite',
      adding(({ entity }) => log(mul(entity['entity.age']!, 0))),
      /✗ loss and gradients are finite/,
    ],
    [
      'a target without an outcome',
      ({ targets }) => ({ targets: { rated: { ...targets!.rated!, outcome: 'outcome.raitng' } } }),
      /target "rated" takes "outcome\.raitng"/,
    ],
    ['targets without scores', () => ({ scoreTargets: undefined }) as object, /there both or not/],
    [
      'scores of other targets',
      () => ({ scoreTargets: () => ({ liked: zeros(['T', 'B']) }) }),
      /gives liked, not rated/,
    ],
  ])('finds %s', async (_, change, message) => {
    await expect(testModelPlugin(courseModel(change))).rejects.toThrow(message);
  });

  it.each<[string, ModelPlugin['create'], RegExp]>([
    [
      'an option that is ignored',
      (schema) => courseModel().create(schema),
      /fails 1 of .*it took the option "no-such-option"/s,
    ],
    [
      'an error without a code',
      (schema, options) => {
        if (schema.features.length === 0) throw new Error('no features');
        return courseModel().create(schema, options);
      },
      /fails 1 of .*it failed without a code: no features/s,
    ],
    [
      'a model that cannot be made, and then nothing else',
      () => {
        throw new Error('out of ideas');
      },
      /fails 3 of 5 checks.*problem: out of ideas/s,
    ],
  ])('finds %s', async (_, create, message) => {
    const plugin = defineModel({ name: 'course', create });
    await expect(testModelPlugin(plugin)).rejects.toThrow(message);
  });
});
