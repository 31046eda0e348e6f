import type { ConstantData, Primitive } from '../primitives.js';
import type { Tensor } from '../tensor.js';
import { topologicalOrder } from '../topological-order.js';
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
 * Numbers tensors by what they compute (value numbering): two tensors get the same number if the same
 * primitives made them from the same inputs, whether or not they are the same object.
 *
 * @example
 * ```ts
 * const numberOf = createNumbering();
 * numberOf(add(x, y)) === numberOf(add(y, x)); // true
 * ```
 */
export function createNumbering(): (tensor: Tensor) => number {
  const numbers = new Map<Tensor, number>();
  const number = createNumberer(numbers);
  return (tensor) => {
    for (const each of topologicalOrder([tensor])) if (!numbers.has(each)) number(each);
    return numbers.get(tensor)!;
  };
}

/**
 * Common subexpressions: a tensor that computes what an earlier one computes is replaced by it.
 * Remembers what it has seen, so each program needs a fresh one.
 */
export function createDuplicateMerger(): Rewrite {
  const first: Tensor[] = [];
  const number = createNumberer(new Map());
  return (tensor) => (first[number(tensor)] ??= tensor);
}

/** Numbers a tensor, and before it those of its inputs that have no number yet. */
function createNumberer(numbers: Map<Tensor, number>): (tensor: Tensor) => number {
  const seen = new Map<string, number>();
  const arrays = new Map<object, number>();
  let count = 0;
  const identifyArray = (array: object): number => {
    const known = arrays.get(array) ?? arrays.size;
    arrays.set(array, known);
    return known;
  };
  const number = (tensor: Tensor): number => {
    const ids = tensor.inputs.map((input) => numbers.get(input) ?? number(input));
    const key = tensor.op === 'input' ? `input ${count}` : keyOf(tensor, ids, identifyArray);
    const known = seen.get(key) ?? count++;
    seen.set(key, known);
    numbers.set(tensor, known);
    return known;
  };
  return (tensor) => numbers.get(tensor) ?? number(tensor);
}

function keyOf(
  { op, attrs }: Tensor,
  ids: number[],
  identifyArray: (array: object) => number,
): string {
  if (COMMUTATIVE.has(op)) ids.sort((a, b) => a - b);
  const values = Object.values(attrs as Readonly<Record<string, unknown>>).map((value) =>
    spell(value, identifyArray),
  );
  return `${op}(${ids.join()}){${values.join(';')}}`;
}

function spell(value: unknown, identifyArray: (array: object) => number): string {
  if (Object.is(value, -0)) return '-0';
  if (!ArrayBuffer.isView(value)) return String(value);
  const data = value as ConstantData;
  return data.length <= COMPARED_ELEMENTS
    ? Array.from(data, (x) => spell(x, identifyArray)).join()
    : `#${identifyArray(data)}`;
}
