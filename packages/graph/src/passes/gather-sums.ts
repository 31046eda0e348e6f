import { reapply } from '../apply.js';
import { broadcastTo } from '../ops/movement.js';
import { neg } from '../ops/unary.js';
import type { Program } from '../program.js';
import { broadcastShapes, sameShape } from '../shape.js';
import { isOp } from '../tensor.js';
import type { Tensor } from '../tensor.js';
import { topologicalOrder } from '../topological-order.js';
import { takeOutFactors, sumTerms } from './common-factors.js';
import type { Term } from './common-factors.js';
import { addPartByPart } from './joined-parts.js';

/**
 * Looks at sums of many terms as a whole, however they are nested, and computes them with fewer
 * products: gradients that reach one tensor along several paths share factors.
 */
export function gatherSums(program: Program): Program {
  const order = topologicalOrder(Object.values(program.outputs));
  const users = usersOf(program, order);
  const rewritten = new Map<Tensor, Tensor>();
  const lookUp = (tensor: Tensor): Tensor => rewritten.get(tensor)!;
  for (const tensor of order) {
    const plain = reapply(tensor, tensor.inputs.map(lookUp));
    const isRoot = isSum(tensor) && !isNested(tensor, users);
    rewritten.set(tensor, isRoot ? gather(plain, termsOf(tensor, users, lookUp)) : plain);
  }
  const outputs = Object.entries(program.outputs).map(([name, output]) => [name, lookUp(output)]);
  return { inputs: program.inputs, outputs: Object.fromEntries(outputs) as Program['outputs'] };
}

function gather(sum: Tensor, terms: readonly Term[]): Tensor {
  const fewer = addSmallTerms(takeOutAll(terms));
  if (fewer === terms) return sum;
  const { tensor, negative } = sumTerms(fewer);
  const total = negative ? neg(tensor) : tensor;
  return sameShape(total.shape, sum.shape) ? total : broadcastTo(total, sum.shape);
}

function takeOutAll(terms: readonly Term[]): readonly Term[] {
  const fewer = addPartByPart(terms) ?? takeOutFactors(terms);
  return fewer ? takeOutAll(fewer) : terms;
}

/** Adds terms that are smaller than the sum to each other before they are repeated. */
function addSmallTerms(terms: readonly Term[]): readonly Term[] {
  for (const [position, term] of terms.entries()) {
    const other = terms.findIndex((each, at) => at !== position && isWithin(term, each, terms));
    if (other < 0) continue;
    const joined = sumTerms([terms[other]!, term]);
    return addSmallTerms(terms.with(other, joined).toSpliced(position, 1));
  }
  return terms;
}

/** Two terms smaller than the whole sum, the first of which is repeated to the size of the second. */
function isWithin(small: Term, large: Term, terms: readonly Term[]): boolean {
  const [from, to] = [small.tensor.shape, large.tensor.shape];
  const whole = broadcastShapes(...terms.map(({ tensor }) => tensor.shape))!;
  return !sameShape(to, whole) && sameShape(broadcastShapes(from, to) ?? [], to);
}

/** The users of each tensor; an output of the program counts as one, undefined. */
type Users = ReadonlyMap<Tensor, readonly (Tensor | undefined)[]>;

function usersOf({ outputs }: Program, order: readonly Tensor[]): Users {
  const users = new Map<Tensor, (Tensor | undefined)[]>(order.map((tensor) => [tensor, []]));
  for (const tensor of order) for (const input of tensor.inputs) users.get(input)!.push(tensor);
  for (const output of Object.values(outputs)) users.get(output)!.push(undefined);
  return users;
}

function isSum(tensor: Tensor): boolean {
  return (
    (isOp(tensor, 'add') || isOp(tensor, 'sub') || isOp(tensor, 'neg')) &&
    tensor.dtype === 'float32'
  );
}

/** Part of a larger sum, and needed for nothing else. */
function isNested(tensor: Tensor, users: Users): boolean {
  const [user, ...others] = users.get(tensor)!;
  return (
    others.length === 0 && user !== undefined && isSum(user) && sameShape(user.shape, tensor.shape)
  );
}

function termsOf(root: Tensor, users: Users, lookUp: (tensor: Tensor) => Tensor): Term[] {
  const collect = (tensor: Tensor, negative: boolean): Term[] => {
    const [a, b] = tensor.inputs as [Tensor, Tensor];
    if (isOp(tensor, 'neg')) return enter(a, !negative);
    return [...enter(a, negative), ...enter(b, isOp(tensor, 'sub') !== negative)];
  };
  const enter = (tensor: Tensor, negative: boolean): Term[] =>
    isSum(tensor) && isNested(tensor, users)
      ? collect(tensor, negative)
      : [{ tensor: lookUp(tensor), negative, owned: users.get(tensor)!.length === 1 }];
  return collect(root, false);
}
