import { branch, leaf, meanPool, mlp, trainProgram } from '@limaml/core';
import type { Algorithm, Model } from '@limaml/core';
import { add, concat, expandDims, mul, spec, sum } from '@limaml/graph';
import type { Program } from '@limaml/graph';
import { noise, run, type Feeds } from './model-fixture.js';

/** Sizes of the fed batches. */
const SIZES: Readonly<Record<string, number>> = { T: 3, S: 3, Q: 2 };

/**
 * The model that algorithms are tested with: small, with derivatives of every order, with a head, a body and the
 * offset that models of this project add last.
 */
export function algorithmModel(): Model {
  const body = mlp({ widths: [3, 2], activation: 'tanh' });
  const head = mlp({ widths: [2, 2], activation: 'tanh' });
  return {
    name: 'conformance',
    embeddingDim: 2,
    inputs: { entity: {}, rows: { 'row.x': spec(['T', 'B', 2]) }, outcomes: {} },
    params: {
      meta: {
        body: body.params,
        head: head.params,
        offset: { shape: [2], init: { kind: 'zeros' } },
      },
      global: { bias: { shape: [1], init: { kind: 'zeros' } } },
    },
    tables: {},
    noise: { product: { width: 2, rate: 0.5 } },
    head: ['meta/head', 'meta/offset'],
    metaEmbedding(meta, { support }) {
      const seen = concat([support.rows['row.x']!, expandDims(support.label, -1)], -1);
      const hidden = body.apply(branch(meta, 'body'), meanPool(seen, support.mask, 1));
      return add(head.apply(branch(meta, 'head'), hidden), leaf(meta, 'offset'));
    },
    score(global, { embedding, rows, noise: masks }) {
      const product = mul(expandDims(embedding, 1), rows['row.x']!);
      const kept = masks ? mul(product, masks.product!) : product;
      return add(sum(kept, { axes: [-1] }), leaf(global, 'bias'));
    },
  };
}

/** An algorithm with the program that trains by it, and feeds for every input. */
export interface TestedAlgorithm {
  readonly algorithm: Algorithm;
  readonly train: Program;
  readonly feeds: Feeds;
}

/** @throws what making the program throws */
export function testedAlgorithm(algorithm: Algorithm): TestedAlgorithm {
  const train = trainProgram(algorithmModel(), algorithm);
  return { algorithm, train, feeds: feedsOf(train) };
}

/** Numbers that look random, the same for the same name; the last row of every task is padding. */
export function feedsOf({ inputs }: Program): Feeds {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, input]) => {
      const shape = input.shape.map((dim) => (typeof dim === 'number' ? dim : SIZES[dim]!));
      const count = shape.reduce((product, size) => product * size, 1);
      const data = Float64Array.from({ length: count }, (_, at) => valueAt(name, at, shape));
      return [name, { shape, data }];
    }),
  );
}

function valueAt(name: string, at: number, shape: readonly number[]): number {
  const rows = shape[1] ?? 1;
  if (name.endsWith('/mask')) return (at + 1) % rows === 0 ? 0 : 1;
  if (name.endsWith('/label')) return Math.round(noise(name, at));
  if (name.startsWith('noise/')) return noise(name, at) < 0.5 ? 0 : 2;
  if (name.startsWith('rate/')) return 0.1 + 0.4 * noise(name, at);
  if (name === 'step/weights') return 1 / shape[0]!;
  return 2 * noise(name, at) - 1;
}

/** Whether an input is for all tasks. */
export function isShared(name: string): boolean {
  return /^(?:meta|global|rate|table|step)\//.test(name);
}

/** The feeds of one task of a batch. */
export function taskOf(feeds: Feeds, task: number): Feeds {
  return Object.fromEntries(
    Object.entries(feeds).map(([name, feed]) => {
      if (isShared(name)) return [name, feed];
      const size = feed.data.length / feed.shape[0]!;
      const data = feed.data.slice(task * size, (task + 1) * size);
      return [name, { shape: [1, ...feed.shape.slice(1)], data }];
    }),
  );
}

/** The feeds with other numbers in the rows that a mask says are padding. */
export function withOtherPadding(feeds: Feeds): Feeds {
  return Object.fromEntries(
    Object.entries(feeds).map(([name, { shape, data }]) => {
      const mask = name.endsWith('/mask') ? undefined : feeds[`${setOf(name)}/mask`];
      const width = data.length / (mask?.data.length ?? 1);
      const isPadding = (at: number): boolean => mask?.data[Math.floor(at / width)] === 0;
      return [name, { shape, data: data.map((value, at) => (isPadding(at) ? 7.5 : value)) }];
    }),
  );
}

function setOf(name: string): string {
  if (name.startsWith('noise/')) return name.startsWith('noise/support/') ? 'support' : 'query';
  return name.split('/')[0]!;
}

/** The feeds without a support set. */
export function withoutSupport(feeds: Feeds): Feeds {
  const { shape, data } = feeds['support/mask']!;
  return { ...feeds, 'support/mask': { shape, data: data.map(() => 0) } };
}

/** Central differences of the loss, every element of one input. */
export function differences({ train, feeds }: TestedAlgorithm, name: string): number[] {
  const loss = { ...train, outputs: { loss: train.outputs.loss! } };
  const { shape, data } = feeds[name]!;
  const lossAt = (at: number, change: number): number => {
    const moved = data.map((value, i) => (i === at ? value + change : value));
    return run(loss, { ...feeds, [name]: { shape, data: moved } }).loss!.data[0]!;
  };
  return Array.from(data, (_, at) => (lossAt(at, STEP) - lossAt(at, -STEP)) / (2 * STEP));
}

const STEP = 1e-5;
