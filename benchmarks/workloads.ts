import {
  branch,
  type Model,
  crossNetwork,
  dense,
  embed,
  meanPool,
  mlp,
  type TableSpec,
} from '@limaml/core';
import { broadcastTo, concat, expandDims, spec, squeeze, type Tensor } from '@limaml/graph';

/** A model and the sizes of its batches: what every contender computes. */
export interface Workload {
  readonly name: string;
  readonly model: Model;
  /** Sizes of the symbols: T tasks, S support rows, Q query rows, `U.…` touched rows of each table. */
  readonly sizes: Readonly<Record<string, number>>;
  /** Inner learning rate α. */
  readonly innerLearningRate: number;
  /** Tasks that are worth computing at a time, where all of them do not fit into the caches. */
  readonly chunk?: number;
}

/** Widths of the layers of {@link mlpModel}. */
export interface MlpWidths {
  /** From the meta features to the meta embedding. */
  readonly meta: readonly number[];
  /** Features of a row that the global block sees beside the embedding. */
  readonly features: number;
  /** Hidden widths of the global block. */
  readonly global: readonly number[];
}

/** T = 32: about as much work as a batch of a small production ranker. */
export const SMALL: Workload = {
  name: 'small',
  model: mlpModel({ meta: [160, 64, 64, 32], features: 160, global: [64, 32] }),
  sizes: { T: 32, S: 20, Q: 20 },
  innerLearningRate: 0.1,
};

/** T = 256, with layers about twice as wide. */
export const LARGE: Workload = {
  name: 'large',
  model: mlpModel({ meta: [256, 128, 128, 64], features: 256, global: [256, 128] }),
  sizes: { T: 256, S: 64, Q: 64 },
  innerLearningRate: 0.1,
  chunk: 8,
};

/** DCN-v2 on 26 categorical features, as in the Criteo data, with tables that are fed by touched rows. */
export const DCN: Workload = {
  name: 'dcn',
  model: dcnModel({ features: 26, dim: 16, meta: [64, 32], depth: 2, global: [64, 32] }),
  sizes: { T: 32, S: 20, Q: 20, ...touched(26, 500) },
  innerLearningRate: 0.1,
};

export const WORKLOADS: readonly Workload[] = [SMALL, LARGE, DCN];

/**
 * A meta block and a global block of dense layers:
 *
 * ```
 * e = mean over support rows of mlp(row.meta) [T, D],   z = mlp([ e ; row.global ]) [T, B]
 * ```
 */
export function mlpModel({ meta, features, global }: MlpWidths): Model {
  const embeddingDim = meta.at(-1)!;
  const metaTower = mlp({ widths: meta });
  const globalTower = mlp({ widths: [embeddingDim + features, ...global, 1] });
  const rows = { 'row.meta': spec(['T', 'B', meta[0]!]), 'row.global': spec(['T', 'B', features]) };
  return {
    name: 'mlp',
    embeddingDim,
    inputs: { entity: {}, rows, outcomes: {} },
    params: { meta: metaTower.params, global: globalTower.params },
    tables: {},
    noise: {},
    metaEmbedding: (params, { support }) =>
      meanPool(metaTower.apply(params, support.rows['row.meta']!), support.mask),
    score: (params, { embedding, rows: { 'row.global': x } }) =>
      squeeze(globalTower.apply(params, concat([overRows(embedding, x!), x!], -1)), -1),
  };
}

interface DcnWidths {
  readonly features: number;
  /** Width of an embedding. */
  readonly dim: number;
  /** Widths of the meta block behind the embeddings; the last is the meta embedding's. */
  readonly meta: readonly number[];
  /** Cross layers. */
  readonly depth: number;
  readonly global: readonly number[];
}

/** The same over categorical features: embeddings, and a cross network before the global MLP (DCN-v2). */
function dcnModel({ features, dim, meta, depth, global }: DcnWidths): Model {
  const names = Array.from({ length: features }, (_, i) => `row.c${i}`);
  const width = features * dim;
  const embeddingDim = meta.at(-1)!;
  const metaTower = mlp({ widths: [width, ...meta] });
  const cross = crossNetwork({ width: width + embeddingDim, depth });
  const deep = mlp({ widths: [width + embeddingDim, ...global] });
  const last = dense({ inputs: global.at(-1)!, outputs: 1 });
  const embedded = (rows: Readonly<Record<string, Tensor>>, tables: typeof rows): Tensor =>
    concat(
      names.map((name) => embed(tables[name]!, rows[name]!)),
      -1,
    );
  return {
    name: 'dcn',
    embeddingDim,
    inputs: {
      entity: {},
      rows: Object.fromEntries(names.map((name) => [name, spec(['T', 'B'], 'int32')])),
      outcomes: {},
    },
    params: {
      meta: metaTower.params,
      global: { cross: cross.params, deep: deep.params, last: last.params },
    },
    tables: Object.fromEntries(names.map((name) => [name, table(name, dim)])),
    noise: {},
    metaEmbedding: (params, { support, tables }) =>
      meanPool(metaTower.apply(params, embedded(support.rows, tables)), support.mask),
    score(params, { embedding, rows, tables }) {
      const x = embedded(rows, tables);
      const crossed = cross.apply(branch(params, 'cross'), concat([overRows(embedding, x), x], -1));
      const hidden = deep.apply(branch(params, 'deep'), crossed);
      return squeeze(last.apply(branch(params, 'last'), hidden), -1);
    },
  };
}

function table(vocabulary: string, dim: number): TableSpec {
  return { vocabulary, rows: 10_000, dim, init: { kind: 'normal', stddev: 0.1 }, feed: 'rows' };
}

function touched(features: number, rows: number): Record<string, number> {
  return Object.fromEntries(
    Array.from({ length: features }, (_, i) => [`U.row.c${i}`, rows] as const),
  );
}

/** Repeats `[T, D]` over the rows of `[T, B, …]`. */
function overRows(embedding: Tensor, rows: Tensor): Tensor {
  const [tasks, dim] = embedding.shape;
  return broadcastTo(expandDims(embedding, 1), [tasks!, rows.shape[1]!, dim!]);
}
