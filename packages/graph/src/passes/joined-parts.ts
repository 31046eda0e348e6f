import { addDims } from '../dim.js';
import type { Dim } from '../dim.js';
import { concat, pad } from '../ops/movement.js';
import { zeros } from '../ops/source.js';
import { neg } from '../ops/unary.js';
import { isOp } from '../tensor.js';
import type { Tensor } from '../tensor.js';
import { sumTerms } from './common-factors.js';
import type { Term } from './common-factors.js';

/** A tensor cut along an axis; where it is known to be zero there is no part. */
interface Cut {
  readonly axis: number;
  readonly sizes: readonly Dim[];
  readonly parts: readonly (Tensor | undefined)[];
}

/**
 * Adds joined and padded tensors part by part, where they are cut at the same places:
 * `[a b] + [c d] + [e 0] = [a+c+e b+d]`. Undefined where no two terms are.
 */
export function addPartByPart(terms: readonly Term[]): readonly Term[] | undefined {
  const groups = new Map<string, { readonly term: Term; readonly cut: Cut }[]>();
  for (const term of terms.filter(({ owned }) => owned)) {
    const cut = cutOf(term.tensor);
    if (!cut) continue;
    const key = `${cut.axis}:${cut.sizes.join()}:${term.tensor.shape.join()}`;
    groups.set(key, [...(groups.get(key) ?? []), { term, cut }]);
  }
  const group = [...groups.values()].find(({ length }) => length > 1);
  if (!group) return undefined;
  const joined = { tensor: joinGroup(group), negative: false, owned: true };
  return [...terms.filter((term) => !group.some((member) => member.term === term)), joined];
}

function joinGroup(group: readonly { readonly term: Term; readonly cut: Cut }[]): Tensor {
  const { axis, sizes } = group[0]!.cut;
  const sums = sizes.map((_, position) => {
    const parts = group.flatMap(({ term, cut }) => {
      const tensor = cut.parts[position];
      return tensor ? [{ ...term, tensor }] : [];
    });
    return parts.length === 0 ? undefined : positive(sumTerms(parts));
  });
  return fromParts(sums, sizes, axis);
}

function cutOf(tensor: Tensor): Cut | undefined {
  if (isOp(tensor, 'concat')) {
    const { axis } = tensor.attrs;
    const sizes = tensor.inputs.map((part) => part.shape[axis]!);
    return { axis, sizes, parts: tensor.inputs };
  }
  if (!isOp(tensor, 'pad')) return undefined;
  const { axis, before, after } = tensor.attrs;
  const [x] = tensor.inputs as [Tensor];
  const all = [
    [before, undefined],
    [x.shape[axis]!, x],
    [after, undefined],
  ] as const;
  const present = all.filter(([size]) => size !== 0);
  return { axis, sizes: present.map(([size]) => size), parts: present.map(([, part]) => part) };
}

/** Joins parts, with padding where only one is there. */
function fromParts(
  parts: readonly (Tensor | undefined)[],
  sizes: readonly Dim[],
  axis: number,
): Tensor {
  const present = parts.filter((part) => part !== undefined);
  const [only] = present as [Tensor];
  if (present.length > 1) {
    const filled = parts.map((part, i) => part ?? zeros(resized(only.shape, axis, sizes[i]!)));
    return concat(filled, axis);
  }
  const at = parts.indexOf(only);
  return pad(only, axis, addDims(...sizes.slice(0, at)), addDims(...sizes.slice(at + 1)));
}

function resized(shape: Tensor['shape'], axis: number, size: Dim): Tensor['shape'] {
  return shape.map((dim, position) => (position === axis ? size : dim));
}

function positive({ tensor, negative }: Term): Tensor {
  return negative ? neg(tensor) : tensor;
}
