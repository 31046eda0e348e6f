import { branch, embed, meanPool, mlp } from '@limaml/core';
import type { Model } from '@limaml/core';
import { LimamlError } from '@limaml/errors';
import { broadcastTo, concat, expandDims, mul, slice, spec, squeeze } from '@limaml/graph';
import type { Tensor } from '@limaml/graph';
import { defineModel } from '../index.js';
import type { ModelPlugin } from '../index.js';

const DIM = 3;

/**
 * A small model that conforms: it pools the liked items of the support set, adds the age, and scores with an
 * MLP; one further target, dropout on the candidate. `change` spoils it.
 */
export function courseModel(change: (model: Model) => Partial<Model> = () => ({})): ModelPlugin {
  return defineModel({
    name: 'course',
    create: ({ features }, options = {}) => {
      const [option] = Object.keys(options);
      if (option !== undefined) throw refused(`Model "course" has no option "${option}"`);
      if (features.length === 0) throw refused('Model "course" needs an item');
      const model = makeModel();
      return { ...model, ...change(model) };
    },
  });
}

function makeModel(): Model {
  const meta = mlp({ widths: [1 + DIM, 4, DIM], activation: 'tanh' });
  const global = mlp({ widths: [2 * DIM, 4, 2], activation: 'tanh' });
  const outputs: Model['score'] = (params, { embedding, rows, tables, noise }) => {
    const item = embed(tables.item!, rows['row.item']!);
    const dropped = noise?.item === undefined ? item : mul(item, noise.item);
    const spread = broadcastTo(expandDims(embedding, 1), item.shape);
    return global.apply(branch(params, 'tower'), concat([spread, dropped], -1));
  };
  return {
    name: 'course',
    embeddingDim: DIM,
    inputs: {
      entity: { 'entity.age': spec(['T', 1]) },
      rows: { 'row.item': spec(['T', 'B'], 'int32') },
      outcomes: {},
    },
    params: { meta: { tower: meta.params }, global: { tower: global.params } },
    tables: {
      item: {
        vocabulary: 'row.item',
        rows: 6,
        dim: DIM,
        init: { kind: 'normal', stddev: 0.3 },
        feed: 'rows',
      },
    },
    noise: { item: { width: DIM, rate: 0.1 } },
    head: ['meta/tower/layers/1'],
    targets: { rated: { outcome: 'outcome.rating', loss: 'squared-error', weight: 0.5 } },
    metaEmbedding(params, { entity, support, tables }) {
      const liked = mul(
        embed(tables.item!, support.rows['row.item']!),
        expandDims(support.label, -1),
      );
      const past = meanPool(liked, support.mask);
      return meta.apply(branch(params, 'tower'), concat([entity['entity.age']!, past], -1));
    },
    score: (params, input) => column(outputs(params, input), 0),
    scoreTargets: (params, input) => ({ rated: column(outputs(params, input), 1) }),
  };
}

function column(x: Tensor, at: number): Tensor {
  return squeeze(slice(x, -1, at, at + 1), -1);
}

function refused(what: string): LimamlError {
  return new LimamlError({ code: 'LIMAML_ERR_PLUGIN_TEST_REFUSED', what });
}
