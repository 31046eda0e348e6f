import { dimInvalid, dimUnbound } from './errors.js';

/**
 * A dimension: a number, or a named symbol such as `'T'` that becomes a dynamic axis in ONNX. Sums
 * and products of symbols (`'Q+S'`, `'B*T'`, `'2*T'`) are symbols too, in canonical spelling.
 *
 * `+` and `*` are the only operators (`'S+-1'` is one less than S), so a name may hold any other
 * character: `'U.job-title'` is one symbol.
 */
export type Dim = number | string;

/** Integer coefficients by monomial; `''` is the constant term, `'B*T'` a product in alphabetical order. */
type Polynomial = ReadonlyMap<string, number>;

const SYMBOL = /^[\p{L}_][^+*\s]*$/u;
const INTEGER = /^-?\d+$/;

/** Spells a dimension in the one way that makes equal dimensions equal strings. */
export function canonicalDim(dim: Dim): Dim {
  if (typeof dim === 'string') return SYMBOL.test(dim) ? dim : format(parse(dim));
  if (!Number.isInteger(dim) || dim < 0) throw dimInvalid(dim);
  return dim;
}

/** The sum of dimensions. */
export function addDims(...dims: readonly Dim[]): Dim {
  if (dims.every((dim) => typeof dim === 'number')) return dims.reduce((sum, dim) => sum + dim, 0);
  return format(sumOf(dims.map((dim) => [parse(dim), 1])));
}

/** `a − b`; may be negative, which the caller must refuse where it makes no sense. */
export function subtractDims(a: Dim, b: Dim): Dim {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return format(
    sumOf([
      [parse(a), 1],
      [parse(b), -1],
    ]),
  );
}

/** The product of dimensions: the number of elements of a shape. */
export function multiplyDims(dims: readonly Dim[]): Dim {
  if (dims.every((dim) => typeof dim === 'number'))
    return dims.reduce((product, dim) => product * dim, 1);
  return format(dims.map(parse).reduce(productOf));
}

/** Names of the symbols in a dimension, in alphabetical order. */
export function dimSymbols(dim: Dim): readonly string[] {
  if (typeof dim === 'number') return [];
  const names = [...parse(dim).keys()].flatMap((monomial) =>
    monomial === '' ? [] : monomial.split('*'),
  );
  return [...new Set(names)].sort();
}

/** Replaces symbols by dimensions; symbols without a value stay. */
export function substituteDim(dim: Dim, values: Readonly<Record<string, Dim>>): Dim {
  if (typeof dim === 'number') return dim;
  const terms = [...parse(dim)].map(([monomial, coefficient]): [Polynomial, number] => {
    const factors = monomial === '' ? [] : monomial.split('*');
    return [
      factors.map((name) => parse(valueOf(name, values))).reduce(productOf, ONE),
      coefficient,
    ];
  });
  return format(sumOf(terms));
}

/** The number a dimension stands for. @throws LIMAML_ERR_GRAPH_DIM_UNBOUND when a symbol has no value */
export function evaluateDim(dim: Dim, values: Readonly<Record<string, number>>): number {
  const value = substituteDim(dim, values);
  if (typeof value === 'string') throw dimUnbound(dim, dimSymbols(value));
  return value;
}

const ONE: Polynomial = new Map([['', 1]]);

function valueOf(name: string, values: Readonly<Record<string, Dim>>): Dim {
  return Object.hasOwn(values, name) ? values[name]! : name;
}

function parse(dim: Dim): Polynomial {
  if (typeof dim === 'number') return new Map([['', dim]]);
  return sumOf(dim.split('+').map((term) => [parseTerm(term, dim), 1]));
}

function parseTerm(term: string, dim: string): Polynomial {
  return term
    .split('*')
    .map((text) => parseFactor(text.trim(), dim))
    .reduce(productOf);
}

function parseFactor(text: string, dim: string): Polynomial {
  if (INTEGER.test(text)) return new Map([['', Number(text)]]);
  if (SYMBOL.test(text)) return new Map([[text, 1]]);
  throw dimInvalid(dim);
}

function sumOf(terms: readonly (readonly [Polynomial, number])[]): Polynomial {
  const sum = new Map<string, number>();
  for (const [polynomial, factor] of terms) {
    for (const [monomial, coefficient] of polynomial) {
      sum.set(monomial, (sum.get(monomial) ?? 0) + factor * coefficient);
    }
  }
  return sum;
}

function productOf(a: Polynomial, b: Polynomial): Polynomial {
  const product = new Map<string, number>();
  for (const [left, m] of a) {
    for (const [right, n] of b) {
      const monomial = [...left.split('*'), ...right.split('*')].filter(Boolean).sort().join('*');
      product.set(monomial, (product.get(monomial) ?? 0) + m * n);
    }
  }
  return product;
}

function format(polynomial: Polynomial): Dim {
  const constant = polynomial.get('') ?? 0;
  const terms = [...polynomial]
    .filter(([monomial, coefficient]) => monomial !== '' && coefficient !== 0)
    .sort();
  if (terms.length === 0) return constant;
  const spelled = terms.map(([monomial, coefficient]) =>
    coefficient === 1 ? monomial : `${coefficient}*${monomial}`,
  );
  return [...spelled, ...(constant === 0 ? [] : [String(constant)])].join('+');
}
