import {
  anil,
  boil,
  branch,
  embed,
  imaml,
  leaf,
  maml,
  mamlPlusPlus,
  meanPool,
  metaEmb,
  mlp,
  reptile,
  trainProgram,
} from '@limaml/core';
import type { Algorithm, Model } from '@limaml/core';
import { add, broadcastTo, concat, evaluateDim, expandDims, spec, squeeze } from '@limaml/graph';
import type { Program, TensorData, TensorMap } from '@limaml/graph';
import { describe, it } from 'vitest';
import { BACKENDS } from './backends.test-support.js';
import { expectAgreement } from './close.test-support.js';

const ITEMS = 6;
const SIZES = { T: 3, S: 4, Q: 3, 'U.row.item': ITEMS };

/** Smooth and small, with a table that both blocks read and an offset that has no input. */
function smallModel(): Model {
  const meta = mlp({ widths: [3 + 2, 4, 2], activation: 'tanh' });
  const global = mlp({ widths: [2 + 2 + 2, 4, 1], activation: 'softplus' });
  return {
    name: 'small',
    embeddingDim: 2,
    inputs: {
      entity: { 'entity.profile': spec(['T', 3]) },
      rows: { 'row.item': spec(['T', 'B'], 'int32'), 'row.x': spec(['T', 'B', 2]) },
      outcomes: {},
    },
    params: {
      meta: { tower: meta.params, offset: { shape: [2], init: { kind: 'zeros' } } },
      global: { tower: global.params },
    },
    tables: {
      item: {
        vocabulary: 'row.item',
        rows: ITEMS,
        dim: 2,
        init: { kind: 'normal', stddev: 1 },
        feed: 'whole',
      },
    },
    noise: {},
    head: ['meta/offset'],
    metaEmbedding(params, { entity, support, tables }) {
      const items = meanPool(embed(tables.item!, support.rows['row.item']!), support.mask);
      const x = concat([entity['entity.profile']!, items], -1);
      return add(meta.apply(branch(params, 'tower'), x), leaf(params, 'offset'));
    },
    score(params, { embedding, rows, tables }) {
      const items = embed(tables.item!, rows['row.item']!);
      const [tasks, dim] = embedding.shape;
      const repeated = broadcastTo(expandDims(embedding, 1), [tasks!, items.shape[1]!, dim!]);
      const x = concat([repeated, items, rows['row.x']!], -1);
      return squeeze(global.apply(branch(params, 'tower'), x), -1);
    },
  };
}

/** Numbers for every input, the same in every run; the last row of each task is padding. */
function feedsOf({ inputs }: Program): TensorMap {
  const entries = Object.entries(inputs).map(([name, { shape, dtype }], port) => {
    const sizes = shape.map((dim) => evaluateDim(dim, SIZES));
    const length = sizes.reduce((product, size) => product * size, 1);
    const values = Array.from({ length }, (_, i) => valueOf(name, i, sizes, port));
    const data = dtype === 'int32' ? Int32Array.from(values) : Float32Array.from(values);
    return [name, { dtype, shape: sizes, data } as TensorData] as const;
  });
  return Object.fromEntries(entries);
}

function valueOf(name: string, i: number, sizes: readonly number[], port: number): number {
  const wave = Math.sin(1 + port + 1.7 * i);
  const isLastRow = (i + 1) % (sizes[1] ?? 1) === 0;
  if (name.endsWith('/mask')) return isLastRow ? 0 : 1;
  if (name.endsWith('/label')) return wave > 0 ? 1 : 0;
  return name.endsWith('row.item') ? (7 * i + port) % ITEMS : wave;
}

const ALGORITHMS: readonly (readonly [string, Algorithm])[] = [
  ['first order, K = 1', maml({ order: 'first', innerSteps: 1 })],
  ['first order, K = 3', maml({ order: 'first', innerSteps: 3 })],
  ['second order, K = 1', maml({ order: 'second', innerSteps: 1 })],
  ['second order, K = 3', maml({ order: 'second', innerSteps: 3 })],
  [
    'second order, learned rates',
    maml({ innerSteps: 2, innerLearningRate: { initial: 0.3, per: 'element' } }),
  ],
  ['second order, low-rank', maml({ innerSteps: 2, fastWeights: 'low-rank' })],
  ['momentum', maml({ innerSteps: 2, innerOptimiser: { kind: 'momentum', beta: 0.5 } })],
  [
    'Adam, clipped',
    maml({
      ...{ innerSteps: 2, innerClipNorm: 0.1, proximal: 0.5 },
      innerOptimiser: { kind: 'adam', beta1: 0.9, beta2: 0.99, epsilon: 0.05 },
    }),
  ],
  ...[mamlPlusPlus, anil, boil, metaEmb, reptile, imaml].map(
    (preset) => [preset().name, preset()] as const,
  ),
];

describe.each(BACKENDS)('a MAML step on $title', ({ executor }) => {
  it.skipIf(!executor).each(ALGORITHMS)(
    'has the loss and gradients of the interpreter: %s',
    async (_, algorithm) => {
      const program = trainProgram(smallModel(), algorithm);
      await expectAgreement(executor!, program, feedsOf(program));
    },
  );
});
