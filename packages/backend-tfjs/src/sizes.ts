import { dimSymbols, evaluateDim } from '@limaml/graph';
import type { Dim, TensorMap, TensorSpec } from '@limaml/graph';

/** The size of a dimension in one run. */
export type SizeOf = (dim: Dim) => number;

/** Reads the sizes of symbols off feeds that are known to fit, and remembers what it evaluated. */
export function sizesOf(inputs: Readonly<Record<string, TensorSpec>>, feeds: TensorMap): SizeOf {
  const sizes: Record<string, number> = {};
  for (const [input, { shape }] of Object.entries(inputs)) {
    shape.forEach((dim, axis) => {
      if (typeof dim === 'string' && dimSymbols(dim)[0] === dim)
        sizes[dim] = feeds[input]!.shape[axis]!;
    });
  }
  const known = new Map<Dim, number>(Object.entries(sizes));
  return (dim) => {
    if (typeof dim === 'number') return dim;
    const size = known.get(dim) ?? evaluateDim(dim, sizes);
    known.set(dim, size);
    return size;
  };
}
