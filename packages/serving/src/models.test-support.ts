import { branch, embed, meanPool, mlp, type Model } from '@limaml/core';
import { broadcastTo, concat, expandDims, mul, spec, squeeze, type Tensor } from '@limaml/graph';
import type { FeatureSchema } from '@limaml/plugin';

const DIM = 4;

/** What the meta block of {@link plainModel} reads: the member, its history, or nothing but parameters. */
export type MetaForm = 'profile' | 'history' | 'nothing';

/** A small model written with the public contract alone. */
export function plainModel(form: MetaForm): (schema: FeatureSchema) => Model {
  return (schema) => {
    const meta = mlp({
      widths: [{ profile: 1, history: 1 + DIM + 1, nothing: DIM }[form], DIM],
      activation: 'tanh',
    });
    const global = mlp({ widths: [2 * DIM + 2, 6, 1], activation: 'softplus' });
    const jobs = schema.features.find(({ name }) => name === 'row.job')!;
    return {
      name: `plain-${form}`,
      embeddingDim: DIM,
      inputs: {
        entity: form === 'nothing' ? {} : { 'entity.experience': spec(['T', 1]) },
        rows: {
          'row.job': spec(['T', 'B'], 'int32'),
          'row.salary': spec(['T', 'B', 1]),
          'row.like_rate': spec(['T', 'B', 1]),
        },
        outcomes: form === 'history' ? { 'outcome.dwell': spec(['T', 'B', 1]) } : {},
      },
      params: {
        meta: { tower: meta.params, start: { shape: [DIM], init: { kind: 'normal', stddev: 1 } } },
        global: { tower: global.params },
      },
      tables: {
        job: {
          vocabulary: 'row.job',
          rows: jobs.size,
          dim: DIM,
          init: { kind: 'normal', stddev: 1 },
          feed: 'rows',
        },
      },
      noise: {},
      metaEmbedding(params, { entity, support, tables }) {
        const x = {
          nothing: () => broadcastTo(params.start as Tensor, [support.mask.shape[0]!, DIM]),
          profile: () => entity['entity.experience']!,
          history: () => {
            const clicked = mul(
              embed(tables.job!, support.rows['row.job']!),
              expandDims(support.label, -1),
            );
            const parts = [clicked, support.outcomes['outcome.dwell']!];
            return concat(
              [entity['entity.experience']!, meanPool(concat(parts, -1), support.mask)],
              -1,
            );
          },
        }[form]();
        return meta.apply(branch(params, 'tower'), x);
      },
      score(params, { embedding, rows, tables }) {
        const jobEmbedding = embed(tables.job!, rows['row.job']!);
        const [tasks, count] = rows['row.job']!.shape;
        const shared = broadcastTo(expandDims(embedding, 1), [tasks!, count!, DIM]);
        const x = concat([shared, jobEmbedding, rows['row.salary']!, rows['row.like_rate']!], -1);
        return squeeze(global.apply(branch(params, 'tower'), x), -1);
      },
    };
  };
}
