import { add, mul, sub } from '../ops/binary.js';
import { matMul } from '../ops/products.js';
import { sameShape } from '../shape.js';
import { isOp } from '../tensor.js';
import type { Tensor } from '../tensor.js';

/** A term of a sum. */
export interface Term {
  readonly tensor: Tensor;
  readonly negative: boolean;
  /** Nothing but the sum needs it, so that it need not be computed once the sum does without it. */
  readonly owned: boolean;
}

/** Something that several terms share, and what is left of each of them. */
interface Group {
  readonly terms: Term[];
  /** What is left of each term. */
  readonly rests: Term[];
  /** Puts the shared part and the sum of the rests together again. */
  readonly join: (rest: Tensor) => Tensor;
}

/**
 * Takes out what several terms share, once: `A B + A C = A (B + C)` for matrix products and element-wise
 * ones. Undefined where no two terms share anything.
 */
export function takeOutFactors(terms: readonly Term[]): readonly Term[] | undefined {
  const groups = new Map<string, Group>();
  const numbers = new Map<object, number>();
  const identify = (object: object): number => {
    const number = numbers.get(object) ?? numbers.size;
    numbers.set(object, number);
    return number;
  };
  for (const term of terms.filter(({ owned }) => owned)) {
    for (const [key, rest, join] of sharedParts(term.tensor, identify)) {
      const group = groups.get(key) ?? { terms: [], rests: [], join };
      group.terms.push(term);
      group.rests.push({ ...term, tensor: rest });
      groups.set(key, group);
    }
  }
  const largest = [...groups.values()].reduce<Group | undefined>(
    (best, group) => (group.terms.length > (best?.terms.length ?? 1) ? group : best),
    undefined,
  );
  return largest && withGroup(terms, largest);
}

/** The terms with those of a group replaced by one. */
function withGroup(terms: readonly Term[], group: Group): readonly Term[] {
  const [first] = group.terms as [Term];
  const rest = sumTerms(group.rests);
  const joined = { ...rest, tensor: group.join(rest.tensor) };
  return terms.flatMap((term) =>
    term === first ? [joined] : group.terms.includes(term) ? [] : [term],
  );
}

type SharedPart = readonly [key: string, rest: Tensor, join: Group['join']];

function sharedParts(tensor: Tensor, identify: (object: object) => number): readonly SharedPart[] {
  if (isOp(tensor, 'matMul')) return factorsOfProduct(tensor, identify);
  if (isOp(tensor, 'mul')) return factorsOfMul(tensor, identify);
  return [];
}

function factorsOfProduct(
  { inputs, attrs }: Tensor<'matMul'>,
  identify: (object: object) => number,
): readonly SharedPart[] {
  const [a, b] = inputs as [Tensor, Tensor];
  const flags = `${attrs.transposeA}${attrs.transposeB}`;
  return [
    [`A${identify(a)}·[${b.shape.join()}]${flags}`, b, (rest) => matMul(a, rest, attrs)],
    [`[${a.shape.join()}]·B${identify(b)}${flags}`, a, (rest) => matMul(rest, b, attrs)],
  ];
}

function factorsOfMul(
  { inputs, shape }: Tensor<'mul'>,
  identify: (object: object) => number,
): readonly SharedPart[] {
  const [a, b] = inputs as [Tensor, Tensor];
  const part = (factor: Tensor, rest: Tensor): SharedPart[] =>
    sameShape(rest.shape, shape) || sameShape(factor.shape, shape)
      ? [[`${identify(factor)}*[${shape.join()}]`, rest, (sum) => mul(sum, factor)]]
      : [];
  return a === b ? [] : [...part(a, b), ...part(b, a)];
}

/** The sum of terms, negative only if all of them are. */
export function sumTerms(terms: readonly Term[]): Term {
  const positive = terms.findIndex(({ negative }) => !negative);
  const first = Math.max(0, positive);
  const tensor = terms
    .filter((_, position) => position !== first)
    .reduce(
      (total, term) =>
        term.negative === positive < 0 ? add(total, term.tensor) : sub(total, term.tensor),
      terms[first]!.tensor,
    );
  return { tensor, negative: positive < 0, owned: true };
}
