import { createOrtExecutor } from '@limaml/backend-ort';
import { dense, embed, leaf, meanPool, type Model } from '@limaml/core';
import { simulatorDataset } from '@limaml/data';
import { memberEntity } from '@limaml/entity-member';
import { add, concat, expandDims, mul, spec, squeeze, sum } from '@limaml/graph';
import {
  createRegistry,
  defineExecutor,
  defineModel,
  type FeatureSchema,
  type Registry,
} from '@limaml/plugin';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { algorithmPlugins } from './algorithm-plugins.js';
import { metricPlugins } from './metrics/index.js';
import { defineExperiment } from './spec/define-experiment.js';
import type { ExperimentOptions, ExperimentSpec } from './spec/schema.js';

const DIM = 4;

/** Options of the model `tiny`. */
interface TinyOptions {
  readonly feed?: 'whole' | 'rows';
  readonly dropout?: number;
  /** Weight of how long a row was looked at, as a further label; 0 for none. */
  readonly targetWeight?: number;
}

/**
 * A factorisation with an adapted entity vector, `z = c·rate_i + ⟨e, v_i⟩`: the smallest model with a
 * meta block, a table and noise.
 */
function tinyModel(schema: FeatureSchema, options: TinyOptions = {}): Model {
  const { feed = 'rows', dropout = 0.2, targetWeight = 0 } = options;
  const outcome = schema.features.find(({ owner }) => owner === 'outcome')!.name;
  const item = schema.features.find(({ role }) => role === 'candidate-id')!;
  const tower = dense({ inputs: DIM + 1, outputs: DIM });
  return {
    name: 'tiny',
    embeddingDim: DIM,
    inputs: {
      entity: {},
      rows: { [item.name]: spec(['T', 'B'], 'int32'), 'row.like_rate': spec(['T', 'B', 1]) },
      outcomes: {},
    },
    params: {
      meta: tower.params,
      global: { rate: { shape: [1], init: { kind: 'constant', value: 1 } } },
    },
    tables: {
      item: {
        ...{ vocabulary: item.vocabulary, rows: item.size, dim: DIM, feed },
        init: { kind: 'normal', stddev: 0.3 },
      },
    },
    noise: dropout > 0 ? { product: { width: DIM, rate: dropout } } : {},
    head: ['meta/bias'],
    targets:
      targetWeight > 0
        ? { long: { outcome, loss: 'binary-cross-entropy', weight: targetWeight } }
        : {},
    scoreTargets: (_, { embedding, rows, tables }) => ({
      long: sum(mul(expandDims(embedding, 1), embed(tables.item!, rows[item.name]!)), {
        axes: [-1],
      }),
    }),
    metaEmbedding(meta, { support, tables }) {
      const items = embed(tables.item!, support.rows[item.name]!);
      const seen = concat([items, expandDims(support.label, -1)], -1);
      return tower.apply(meta, meanPool(seen, support.mask, 1));
    },
    score(global, { embedding, rows, tables, noise }) {
      const items = embed(tables.item!, rows[item.name]!);
      const product = mul(expandDims(embedding, 1), items);
      const kept = noise ? mul(product, noise.product!) : product;
      const rate = mul(rows['row.like_rate']!, leaf(global, 'rate'));
      return add(squeeze(rate, -1), sum(kept, { axes: [-1] }));
    },
  };
}

/** Plugins of the tests: a small marketplace, members, the tiny model, ONNX Runtime. */
export function testRegistry(): Registry {
  const registry = createRegistry()
    .use(memberEntity())
    .use(simulatorDataset({ members: 120, jobs: 40, companies: 8, impressionsPerMember: 30 }))
    .use(defineModel({ name: 'tiny', create: tinyModel }))
    .use(defineExecutor({ name: 'ort', create: createOrtExecutor }));
  for (const metric of metricPlugins()) registry.use(metric);
  for (const algorithm of algorithmPlugins()) registry.use(algorithm);
  return registry;
}

/** A small experiment: three epochs of the tiny model. */
export function testSpec(changes: Partial<ExperimentOptions> = {}): ExperimentSpec {
  return defineExperiment({
    name: 'test',
    dataset: 'marketplace',
    entity: 'member',
    models: [tinyEntry()],
    baselines: ['item-rate'],
    seeds: [1],
    ...changes,
  });
}

type EntryOptions = NonNullable<ExperimentOptions['models']>[number];

/** The tiny model, trained with everything switched on. */
export function tinyEntry(changes: Partial<EntryOptions> = {}): EntryOptions {
  return {
    name: 'Tiny LiMAML',
    model: 'tiny',
    algorithm: { innerSteps: 2, innerLearningRate: { initial: 0.5 } },
    training: {
      epochs: 3,
      tasksPerBatch: 16,
      schedule: { kind: 'cosine', warmup: 3 },
      averageDecay: 0.9,
      clipNorm: 1,
      optimiser: { learningRate: { 'rate/': 0.02, default: 0.01 }, l2: { 'table/': 1e-4 } },
    },
    ...changes,
  };
}

/** Makes folders that are deleted after the tests of a file. */
export function temporaryFolders(): () => Promise<string> {
  const made: string[] = [];
  afterAll(() => Promise.all(made.map((folder) => rm(folder, { recursive: true, force: true }))));
  return async () => {
    const folder = await mkdtemp(join(tmpdir(), 'limaml-'));
    made.push(folder);
    return folder;
  };
}
