import { branch, embed, meanPool, mlp } from '@limaml/core';
import { defineExperiment } from '@limaml/experiment';
import { broadcastTo, concat, expandDims, mul, spec, squeeze } from '@limaml/graph';
import { defineModel } from '@limaml/plugin';

const DIM = 4;

/** A history-pooling model small enough to train in a second. */
const tiny = defineModel({
  name: 'tiny',
  create(schema) {
    const meta = mlp({ widths: [1 + DIM, DIM], activation: 'tanh' });
    const global = mlp({ widths: [2 * DIM + 1, 6, 1], activation: 'softplus' });
    const jobs = schema.features.find(({ name }) => name === 'row.job')!;
    return {
      name: 'tiny',
      embeddingDim: DIM,
      inputs: {
        entity: { 'entity.experience': spec(['T', 1]) },
        rows: { 'row.job': spec(['T', 'B'], 'int32'), 'row.like_rate': spec(['T', 'B', 1]) },
        outcomes: {},
      },
      params: { meta: { tower: meta.params }, global: { tower: global.params } },
      tables: {
        job: {
          vocabulary: 'row.job',
          rows: jobs.size,
          dim: DIM,
          init: { kind: 'normal', stddev: 0.3 },
          feed: 'rows',
        },
      },
      noise: {},
      metaEmbedding(params, { entity, support, tables }) {
        const rows = embed(tables.job!, support.rows['row.job']!);
        const clicked = meanPool(mul(rows, expandDims(support.label, -1)), support.mask);
        return meta.apply(
          branch(params, 'tower'),
          concat([entity['entity.experience']!, clicked], -1),
        );
      },
      score(params, { embedding, rows, tables }) {
        const job = embed(tables.job!, rows['row.job']!);
        const [tasks, count] = rows['row.job']!.shape;
        const shared = broadcastTo(expandDims(embedding, 1), [tasks!, count!, DIM]);
        const x = concat([shared, job, rows['row.like_rate']!], -1);
        return squeeze(global.apply(branch(params, 'tower'), x), -1);
      },
    };
  },
});

export default defineExperiment({
  name: 'tiny',
  dataset: 'marketplace',
  entity: 'member',
  plugins: [tiny],
  models: [{ name: 'Tiny', model: 'tiny', training: { epochs: 2, tasksPerBatch: 16 } }],
  baselines: ['global-mean', 'item-rate'],
  metrics: ['auc', 'logLoss'],
  seeds: [1],
});
