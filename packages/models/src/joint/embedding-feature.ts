import type { EncodedFeature } from '@limaml/plugin';

/** The meta embedding of another entity type as a feature of a row, `row.embedding.<type>` `[T, B, D]`. */
export function embeddingFeature(type: string, width: number): EncodedFeature {
  const name = `row.embedding.${type}`;
  return { name, owner: 'row', kind: 'dense', width, size: 0, vocabulary: '' };
}
