import { branch, dense } from '@limaml/core';
import { add, tanh } from '@limaml/graph';
import type { BlockParts } from '../block-parts.js';
import { type MetaBlock, offsetSpec, taskOffset } from './meta-block.js';
import { profileOf } from '../parts/owned-features.js';

/**
 * An ID embedding generated from attributes, as MetaEmb does for ids without data; what the inner loop moves is
 * the offset, as if the embedding itself were fine-tuned.
 *
 * ```text
 * entity features [T, P] ── dense P → D ─ tanh ──(+ offset [D])── e [T, D]
 * ```
 *
 * `P D + D` parameters: `generator/kernel`, `offset`; D without a profile.
 *
 * @see Pan et al. 2019 (MetaEmb), section 4.1
 * @example
 * ```ts
 * const block = generatorBlock(parts);
 * const e = block.apply(params, input);
 * ```
 */
export function generatorBlock(parts: BlockParts): MetaBlock {
  const { dim } = parts;
  const profile = profileOf(parts);
  const generator = dense({ inputs: profile.width, outputs: dim, bias: false });
  const offset = offsetSpec(dim);
  return {
    params: profile.width > 0 ? { generator: generator.params, offset } : { offset },
    head: ['offset'],
    tables: profile.tables,
    inputs: { entity: profile.inputs, rows: {}, outcomes: {} },
    apply(params, input) {
      const x = profile.apply(input.entity, input.tables);
      const shared = taskOffset(params, input, dim);
      return x ? add(tanh(generator.apply(branch(params, 'generator'), x)), shared) : shared;
    },
  };
}
