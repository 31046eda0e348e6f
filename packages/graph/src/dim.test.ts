import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addDims,
  canonicalDim,
  dimSymbols,
  evaluateDim,
  multiplyDims,
  substituteDim,
  subtractDims,
} from './dim.js';
import type { Dim } from './dim.js';

describe('dimensions', () => {
  it.each([
    ['T', 'T'],
    ['S+Q', 'Q+S'],
    ['T*B', 'B*T'],
    ['T*2', '2*T'],
    ['T + T', '2*T'],
    ['3+Q+2', 'Q+5'],
    ['Q+-3', 'Q+-3'],
    ['U.job-title', 'U.job-title'],
    ['2*3', 6],
    ['T+-1*T', 0],
  ])('spells %j as %j', (dim, canonical) => {
    expect(canonicalDim(dim)).toBe(canonical);
  });

  it.each([-1, 1.5, NaN, '', 'T+', '*', 'a b', '2T'])('refuses %j', (dim) => {
    expect(() => canonicalDim(dim)).toThrow(
      `LIMAML_ERR_GRAPH_DIM_INVALID: ${JSON.stringify(dim)} is not a dimension`,
    );
  });

  it('expands products of sums', () => {
    expect(multiplyDims(['Q+S', 'T', 2])).toBe('2*Q*T+2*S*T');
    expect(multiplyDims([])).toBe(1);
    expect(subtractDims('Q+S', 'S')).toBe('Q');
  });

  it('names its symbols, and the one that has no size', () => {
    expect(dimSymbols('2*T*B+U.title')).toEqual(['B', 'T', 'U.title']);
    expect(() => evaluateDim('T*B', { T: 2 })).toThrow(
      `LIMAML_ERR_GRAPH_DIM_UNBOUND: Dimension "T*B" has no size (symbols "B").`,
    );
  });
});

const dims = fc.oneof(
  fc.integer({ min: 0, max: 5 }),
  fc.constantFrom('T', 'S', 'Q', 'Q+S', '2*T', 'S*T+3'),
);
const sizes = { T: 3, S: 5, Q: 7 };
const size = (dim: Dim): number => evaluateDim(dim, sizes);

describe('dimension arithmetic agrees with arithmetic', () => {
  it('in sums, differences and products', () => {
    fc.assert(
      fc.property(dims, dims, (a, b) => {
        expect(size(addDims(a, b))).toBe(size(a) + size(b));
        expect(size(subtractDims(a, b))).toBe(size(a) - size(b));
        expect(size(multiplyDims([a, b]))).toBe(size(a) * size(b));
      }),
      { seed: 1 },
    );
  });

  it('spells equal results equally', () => {
    fc.assert(
      fc.property(dims, dims, dims, (a, b, c) => {
        expect(addDims(a, b)).toBe(addDims(b, a));
        expect(multiplyDims([a, addDims(b, c)])).toBe(
          addDims(multiplyDims([a, b]), multiplyDims([a, c])),
        );
        expect(subtractDims(addDims(a, b), b)).toBe(addDims(a));
      }),
      { seed: 2 },
    );
  });

  it('when some symbols are replaced first', () => {
    fc.assert(
      fc.property(dims, dims, (a, b) => {
        const half = substituteDim(multiplyDims([a, b]), { T: sizes.T });
        expect(size(half)).toBe(size(a) * size(b));
        expect(dimSymbols(half)).not.toContain('T');
      }),
      { seed: 3 },
    );
  });
});
