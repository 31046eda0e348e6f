import { flattenTree, type Model } from '@limaml/core';

/** Numbers that training moves, by block: parameters of the meta and global block, rows of tables. */
export function countParameters(model: Model): { meta: number; global: number; tables: number } {
  const size = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1);
  const total = (tree: Model['params']['meta']): number =>
    flattenTree(tree).reduce((count, [, { shape }]) => count + size(shape), 0);
  return {
    meta: total(model.params.meta),
    global: total(model.params.global),
    tables: Object.values(model.tables).reduce((count, { rows, dim }) => count + rows * dim, 0),
  };
}
