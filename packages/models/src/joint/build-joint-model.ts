import { branch, type FeatureTensors, type Model } from '@limaml/core';
import { expandDims, type Tensor } from '@limaml/graph';
import type { FeatureSchema, JointModel, JointSchema } from '@limaml/plugin';
import type { BlockParts } from '../block-parts.js';
import type { MetaForm } from '../forms.js';
import type { MetaBlock } from '../meta-blocks/meta-block.js';
import { type CandidateVector, candidateVector } from '../parts/candidate-vector.js';
import { inputSpec } from '../parts/feature-embeddings.js';
import { embeddingFeature } from './embedding-feature.js';
import { jointGlobalBlock, type JointGlobalBlock } from './joint-global-block.js';
import { readJointOptions } from './joint-options.js';

/** Makes the meta block of a form. */
export type MakeBlock = (parts: BlockParts) => MetaBlock;

/**
 * A model with a meta block for each entity type before one global block. Parameters of a type's meta block
 * are `meta/<type>/…`, its tables `table/<type>.…`; everything else is shared.
 *
 * @throws LIMAML_ERR_MODELS_OPTION_UNKNOWN, LIMAML_ERR_MODELS_OPTION_INVALID, LIMAML_ERR_MODELS_FEATURE_MISSING
 */
export function buildJointModel(
  name: string,
  joint: JointSchema,
  given: Readonly<Record<string, unknown>> | undefined,
  blocks: Readonly<Record<MetaForm, MakeBlock>>,
): JointModel {
  const { primary, schemas } = joint;
  const options = readJointOptions(name, joint, given);
  const types = [primary, ...Object.keys(schemas).filter((type) => type !== primary)];
  const schema = schemas[primary]!;
  const candidate = candidateVector(name, schema, options.model);
  const shared = { model: name, options: options.model, candidate };
  const global = jointGlobalBlock({ ...shared, types, schema });
  const views = types.map((type): [string, Model] => {
    const others = types.filter((other) => other !== type);
    const parts = {
      ...{ ...shared, dim: candidate.width + 1 },
      schema: withEmbeddings(schemas[type]!, others, candidate.width + 1),
    };
    const block = ofType(type, blocks[options.forms[type]!](parts), candidate);
    return [type, viewOf({ name, type, others }, parts, block, global)];
  });
  return { name, primary, views: Object.fromEntries(views) };
}

/** The embeddings of other types are row features: meta blocks that read support rows read them, too. */
function withEmbeddings(
  schema: FeatureSchema,
  others: readonly string[],
  dim: number,
): FeatureSchema {
  const features = others.map((other) => embeddingFeature(other, dim));
  return { ...schema, features: [...schema.features, ...features] };
}

/** A meta block with parameters and tables under the name of its type, but for the candidate's: all share these. */
function ofType(type: string, block: MetaBlock, candidate: CandidateVector): MetaBlock {
  const names = Object.keys(block.tables).filter((name) => !(name in candidate.tables));
  const longName = (name: string): string => `${type}.${name}`;
  return {
    ...block,
    params: { [type]: block.params },
    head: block.head.map((path) => `${type}/${path}`),
    tables: Object.fromEntries(names.map((name) => [longName(name), block.tables[name]!])),
    apply(params, input) {
      const own = names.map((name) => [name, input.tables[longName(name)]!] as const);
      const tables: FeatureTensors = { ...input.tables, ...Object.fromEntries(own) };
      return block.apply(branch(params, type), { ...input, tables });
    },
  };
}

interface ViewNames {
  readonly name: string;
  readonly type: string;
  readonly others: readonly string[];
}

/** The model as one type sees it: its own embedding adapts, those of the others are features of the row. */
function viewOf(
  { name, type, others }: ViewNames,
  { candidate, dim }: BlockParts,
  block: MetaBlock,
  global: JointGlobalBlock,
): Model {
  const features = others.map((other) => embeddingFeature(other, dim));
  const inputs = features.map((feature) => [feature.name, inputSpec(feature, ['T', 'B'])] as const);
  return {
    name: `${name} (${type})`,
    embeddingDim: dim,
    inputs: {
      entity: block.inputs.entity,
      rows: { ...block.inputs.rows, ...global.inputs, ...Object.fromEntries(inputs) },
      outcomes: block.inputs.outcomes,
    },
    params: { meta: block.params, global: global.params },
    tables: { ...candidate.tables, ...block.tables, ...global.tables },
    noise: global.noise,
    head: block.head.map((path) => `meta/${path}`),
    metaEmbedding: (params, input) => block.apply(params, input),
    score(params, { embedding, ...input }) {
      const embeddings: Record<string, Tensor> = { [type]: expandDims(embedding, 1) };
      others.forEach((other, at) => (embeddings[other] = input.rows[features[at]!.name]!));
      return global.score(params, embeddings, input);
    },
  };
}
