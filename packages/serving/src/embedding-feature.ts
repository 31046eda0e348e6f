/** The row feature that holds the meta embedding of another entity type, as joint models name it. */
export function embeddingFeature(type: string): string {
  return `row.embedding.${type}`;
}
