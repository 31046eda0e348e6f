import type { ConstantData, Primitive } from '../primitives.js';
import type { Tensor } from '../tensor.js';
import type { Rewrite } from './rewrite.js';

/** Constants up to this many elements are compared by content, longer ones by identity. */
const COMPARED_ELEMENTS = 64;

const COMMUTATIVE: ReadonlySet<Primitive> = new Set([
  'add',
  'mul',
  'maximum',
  'minimum',
  'equal',
  'logicalAnd',
  'logicalOr',
]);

/**
 * Common subexpressions: a tensor that computes what an earlier one computes is replaced by it.
 * Remembers what it has seen, so each program needs a fresh one.
 */
export function createDuplicateMerger(): Rewrite {
  const seen = new Map<string, Tensor>();
  const numbers = new Map<object, number>();
  const identify = (object: object): number => {
    const known = numbers.get(object) ?? numbers.size;
    numbers.set(object, known);
    return known;
  };
  return (tensor) => {
    if (tensor.op === 'input') return tensor;
    const key = keyOf(tensor, identify);
    const earlier = seen.get(key) ?? tensor;
    seen.set(key, earlier);
    return earlier;
  };
}

function keyOf({ op, inputs, attrs }: Tensor, identify: (object: object) => number): string {
  const ids = inputs.map(identify);
  if (COMMUTATIVE.has(op)) ids.sort((a, b) => a - b);
  const values = Object.values(attrs as Readonly<Record<string, unknown>>).map((value) =>
    spell(value, identify),
  );
  return `${op}(${ids.join()}){${values.join(';')}}`;
}

function spell(value: unknown, identify: (object: object) => number): string {
  if (Object.is(value, -0)) return '-0';
  if (!ArrayBuffer.isView(value)) return String(value);
  const data = value as ConstantData;
  return data.length <= COMPARED_ELEMENTS
    ? Array.from(data, (x) => spell(x, identify)).join()
    : `#${identify(data)}`;
}
