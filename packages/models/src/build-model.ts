import type { Model } from '@limaml/core';
import type { FeatureSchema } from '@limaml/plugin';
import type { BlockParts } from './block-parts.js';
import type { GlobalForm, MetaForm } from './forms.js';
import { autoIntBlock } from './global-blocks/autoint-block.js';
import { dcnBlock, lowRankDcnBlock } from './global-blocks/dcn-block.js';
import { deepFmBlock } from './global-blocks/deepfm-block.js';
import { dlrmBlock } from './global-blocks/dlrm-block.js';
import type { GlobalBlock } from './global-blocks/global-block.js';
import { twoTowerBlock } from './global-blocks/two-tower-block.js';
import { wideAndDeepBlock } from './global-blocks/wide-and-deep-block.js';
import { attentionBlock } from './meta-blocks/attention-block.js';
import { entityBlock } from './meta-blocks/entity-block.js';
import { historyBlock } from './meta-blocks/history-block.js';
import { idBlock } from './meta-blocks/id-block.js';
import { interactionBlock } from './meta-blocks/interaction-block.js';
import type { MetaBlock } from './meta-blocks/meta-block.js';
import { residualBlock } from './meta-blocks/residual-block.js';
import { transformerBlock } from './meta-blocks/transformer-block.js';
import type { ModelOptions } from './options.js';
import { candidateVector } from './parts/candidate-vector.js';

/** The meta block of each form. */
export const META_BLOCKS: Readonly<Record<MetaForm, (parts: BlockParts) => MetaBlock>> = {
  entity: entityBlock,
  interaction: interactionBlock,
  history: historyBlock,
  id: idBlock,
  residual: residualBlock,
  attention: attentionBlock,
  transformer: transformerBlock,
};

const GLOBAL_BLOCKS: Readonly<Record<GlobalForm, (parts: BlockParts) => GlobalBlock>> = {
  dcn: dcnBlock,
  'dcn-low-rank': lowRankDcnBlock,
  'wide-and-deep': wideAndDeepBlock,
  deepfm: deepFmBlock,
  dlrm: dlrmBlock,
  autoint: autoIntBlock,
  'two-tower': twoTowerBlock,
};

/** Blocks in the place of those that the options name. */
export interface OwnBlocks {
  meta?(parts: BlockParts): MetaBlock;
  global?(parts: BlockParts): GlobalBlock;
  /** Width D of the meta embedding. Default: `1 + M`, a bias and a vector like the candidate's. */
  dim?(parts: BlockParts): number;
}

/**
 * Puts a meta block before a global block:
 *
 * ```text
 * entity features, support set ── meta block ── e [T, D] ─┐
 * row features [T, B, …] ─────────────────────────────────┴─ global block ── logit [T, B]
 * ```
 */
export function buildModel(
  model: string,
  schema: FeatureSchema,
  options: ModelOptions,
  own: OwnBlocks = {},
): Model {
  const candidate = candidateVector(model, schema, options);
  const plain = { model, schema, options, candidate, dim: candidate.width + 1 };
  const parts = { ...plain, dim: own.dim?.(plain) ?? plain.dim };
  const meta = (own.meta ?? META_BLOCKS[options.meta])(parts);
  const { inputs, params, tables, ...global } = (own.global ?? GLOBAL_BLOCKS[options.global])(
    parts,
  );
  return {
    ...{ name: model, embeddingDim: parts.dim },
    inputs: {
      entity: meta.inputs.entity,
      rows: { ...meta.inputs.rows, ...inputs.rows },
      outcomes: { ...meta.inputs.outcomes, ...inputs.outcomes },
    },
    params: { meta: meta.params, global: params },
    tables: { ...meta.tables, ...tables },
    head: meta.head.map((path) => `meta/${path}`),
    metaEmbedding: (weights, input) => meta.apply(weights, input),
    ...global,
  };
}
