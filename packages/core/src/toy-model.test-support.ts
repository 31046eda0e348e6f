import {
  add,
  broadcastTo,
  concat,
  expandDims,
  interpret,
  mul,
  type Program,
  spec,
  squeeze,
  sum,
  type Tensor,
  type Value,
} from '@limaml/graph';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { embed } from './layers/embedding.js';
import { mlp } from './layers/mlp.js';
import { meanPool } from './layers/pooling.js';
import type { Model, TableSpec } from './model.js';
import { branch, leaf } from './tree.js';

/** Sizes of the symbols in fed programs. */
export interface Sizes {
  readonly T: number;
  readonly S: number;
  readonly Q: number;
  readonly N: number;
}

export type Feeds = Readonly<
  Record<string, { readonly shape: readonly number[]; readonly data: readonly number[] }>
>;

const SIZES: Sizes = { T: 3, S: 4, Q: 2, N: 5 };
const ITEMS = 5;

/**
 * A small smooth network that uses everything a model may use: entity features, the support set's rows,
 * outcomes and labels, a table that both blocks read, an offset without an input, dropout.
 */
export function toyModel(feed: TableSpec['feed'] = 'whole', targets: Model['targets'] = {}): Model {
  const meta = mlp({ widths: [3 + 2 + 2, 3, 2], activation: 'tanh' });
  const global = mlp({ widths: [2 + 2 + 2, 3, 1], activation: 'softplus' });
  return {
    name: 'toy',
    embeddingDim: 2,
    inputs: {
      entity: { 'entity.profile': spec(['T', 3]) },
      rows: { 'row.item': spec(['T', 'B'], 'int32'), 'row.x': spec(['T', 'B', 2]) },
      outcomes: { 'outcome.dwell': spec(['T', 'B', 1]) },
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
        feed,
      },
    },
    noise: { hidden: { width: 3, rate: 0.5 } },
    head: ['meta/tower/layers/1', 'meta/offset'],
    targets,
    metaEmbedding(params, { entity, support, tables }) {
      const history = [support.outcomes['outcome.dwell']!, expandDims(support.label, -1)];
      const items = meanPool(embed(tables.item!, support.rows['row.item']!), support.mask);
      const pooled = meanPool(concat(history, -1), support.mask, 1);
      const x = concat([entity['entity.profile']!, items, pooled], -1);
      return add(meta.apply(branch(params, 'tower'), x), leaf(params, 'offset'));
    },
    score(params, { embedding, rows, tables, noise }) {
      const items = embed(tables.item!, rows['row.item']!);
      const x = concat([overRows(embedding, items), items, rows['row.x']!], -1);
      const masks = noise === undefined ? [] : [noise.hidden!];
      return squeeze(global.apply(branch(params, 'tower'), x, masks), -1);
    },
    // Each target reads the embedding and a feature of the row in a way of its own.
    scoreTargets(_, { embedding, rows }) {
      const product = mul(overRows(embedding, rows['row.x']!), rows['row.x']!);
      const scores = Object.keys(targets).map((name, at) => [
        name,
        sum(mul(product, at + 1), { axes: [-1] }),
      ]);
      return Object.fromEntries(scores) as Readonly<Record<string, Tensor>>;
    },
  };
}

/** Predicts one number per task, the same for all its rows: `z = shape(w)`. */
export function constantModel(transform: (w: Tensor) => Tensor): Model {
  return {
    name: 'constant',
    embeddingDim: 1,
    inputs: { entity: {}, rows: { 'row.x': spec(['T', 'B', 1]) }, outcomes: {} },
    params: { meta: { w: { shape: [1], init: { kind: 'zeros' } } }, global: {} },
    tables: {},
    noise: {},
    metaEmbedding: (meta, { support }) =>
      broadcastTo(transform(leaf(meta, 'w')), [support.mask.shape[0]!, 1]),
    score: (_, { embedding, rows }) => squeeze(overRows(embedding, rows['row.x']!), -1),
  };
}

/** Repeats `[T, D]` over the rows of `[T, B, …]`. */
function overRows(embedding: Tensor, rows: Tensor): Tensor {
  const [tasks, dim] = embedding.shape;
  return broadcastTo(expandDims(embedding, 1), [tasks!, rows.shape[1]!, dim!]);
}

/** Random feeds for every input of a program. Some rows are padding; the first row of a task is real. */
export function randomFeeds(program: Program, seed: number, sizes: Partial<Sizes> = {}): Feeds {
  const generator = xoroshiro128plus(seed);
  const uniform = (): number => uniformFloat64(generator);
  const bound = { ...SIZES, ...sizes };
  return Object.fromEntries(
    Object.entries(program.inputs).map(([name, input]) => {
      const shape = input.shape.map((dim) => sizeOf(dim, bound));
      const count = shape.reduce((product, size) => product * size, 1);
      return [
        name,
        { shape, data: Array.from({ length: count }, (_, i) => draw(name, i, shape, uniform)) },
      ];
    }),
  );
}

function sizeOf(dim: number | string, sizes: Sizes): number {
  if (typeof dim === 'number') return dim;
  return dim.startsWith('U.') ? ITEMS : sizes[dim as keyof Sizes];
}

function draw(name: string, i: number, shape: readonly number[], uniform: () => number): number {
  const isFirstRow = i % (shape[1] ?? 1) === 0;
  if (name.endsWith('/mask')) return isFirstRow || uniform() < 0.7 ? 1 : 0;
  if (name.endsWith('/label')) return uniform() < 0.5 ? 1 : 0;
  if (name.endsWith('row.item')) return Math.floor(uniform() * ITEMS);
  if (name.startsWith('noise/')) return uniform() < 0.5 ? 2 : 0;
  if (name.startsWith('rate/')) return 0.2 + uniform();
  return 2 * uniform() - 1;
}

/** Runs a program on those of the feeds that it takes. */
export function run(program: Program, feeds: Feeds): Record<string, Value> {
  const taken = Object.keys(program.inputs).map((name) => [name, feeds[name]!]);
  return interpret(program, Object.fromEntries(taken) as Feeds);
}

/** Replaces the data of one feed. */
export function withData(feeds: Feeds, name: string, data: readonly number[]): Feeds {
  return { ...feeds, [name]: { shape: feeds[name]!.shape, data } };
}
