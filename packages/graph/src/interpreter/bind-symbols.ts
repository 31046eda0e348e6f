import { dimSymbols, evaluateDim } from '../dim.js';
import { dimUnbound, feedShape, spellShape } from '../errors.js';
import type { Shape } from '../shape.js';

/** Sizes of symbols. */
export type SymbolSizes = Readonly<Record<string, number>>;

/** A declared shape and the concrete one that meets it. */
export interface ShapeMatch {
  readonly name: string;
  readonly declared: Shape;
  readonly actual: readonly number[];
}

/**
 * Reads the sizes of symbols off concrete shapes and checks every dimension, compound ones
 * (`'Q+S'`) included.
 *
 * @throws LIMAML_ERR_GRAPH_FEED_SHAPE, LIMAML_ERR_GRAPH_DIM_UNBOUND
 */
export function bindSymbols(matches: readonly ShapeMatch[]): SymbolSizes {
  const sizes = new Map<string, number>();
  for (const { name, declared, actual } of matches) {
    if (declared.length !== actual.length) throw feedShape(name, actual, spellShape(declared));
    declared.forEach((dim, axis) => {
      if (typeof dim === 'string' && isSymbol(dim) && !sizes.has(dim))
        sizes.set(dim, actual[axis]!);
    });
  }
  const bound = Object.fromEntries(sizes);
  matches.forEach((match) => {
    assertShape(match, bound);
  });
  return bound;
}

function isSymbol(dim: string): boolean {
  return dimSymbols(dim)[0] === dim;
}

function assertShape({ name, declared, actual }: ShapeMatch, sizes: SymbolSizes): void {
  const expected = declared.map((dim) => {
    const missing = dimSymbols(dim).filter((symbol) => !Object.hasOwn(sizes, symbol));
    if (missing.length > 0) throw dimUnbound(dim, missing);
    return evaluateDim(dim, sizes);
  });
  if (expected.some((dim, axis) => dim !== actual[axis])) {
    throw feedShape(name, actual, `${spellShape(declared)}, here ${spellShape(expected)}`);
  }
}
