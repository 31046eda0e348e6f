import { flattenTree, mapTree } from '@limaml/core';
import type { FeatureTensors, Model } from '@limaml/core';
import { spec, trace } from '@limaml/graph';
import type { Program, TensorSpec } from '@limaml/graph';

type Specs = Readonly<Record<string, TensorSpec>>;

/**
 * `score` and `scoreTargets` of a model as one program: outputs `logits` and `target/<name>`. Inputs are named
 * as in `scoreProgram`; dropout masks, where they are wanted, `noise/<name>`.
 */
export function traceScore(model: Model, withNoise: boolean): Program {
  const masks = withNoise ? noiseSpecs(model) : {};
  return trace({ ...scoreSpecs(model), ...masks }, (tensors) => {
    const global = mapTree(model.params.global, (_, path) => tensors[`global/${path}`]!);
    const input = {
      embedding: tensors.embedding!,
      rows: pick(tensors, model.inputs.rows, ''),
      tables: pick(tensors, model.tables, 'table/'),
      ...(withNoise ? { noise: pick(tensors, model.noise, 'noise/') } : {}),
    };
    const targets = Object.entries(model.scoreTargets?.(global, input) ?? {});
    const named = targets.map(([name, tensor]) => [`target/${name}`, tensor] as const);
    return { logits: model.score(global, input), ...Object.fromEntries(named) };
  });
}

function scoreSpecs({ params, tables, inputs, embeddingDim }: Model): Specs {
  const blocks = flattenTree(params.global).map(
    ([path, { shape }]) => [`global/${path}`, spec(shape)] as const,
  );
  const rows = Object.entries(tables).map(
    ([name, { vocabulary, dim }]) =>
      [`table/${name}`, spec([`U.${vocabulary.replaceAll(/[+*\s]/g, '_')}`, dim])] as const,
  );
  return {
    ...Object.fromEntries([...blocks, ...rows]),
    ...inputs.rows,
    embedding: spec(['T', embeddingDim]),
  };
}

function noiseSpecs({ noise }: Model): Specs {
  const masks = Object.entries(noise).map(
    ([name, { width }]) => [`noise/${name}`, spec(['T', 'B', width])] as const,
  );
  return Object.fromEntries(masks);
}

function pick(tensors: FeatureTensors, names: object, prefix: string): FeatureTensors {
  return Object.fromEntries(Object.keys(names).map((name) => [name, tensors[prefix + name]!]));
}
