import type { Program } from '../program.js';
import { absorbBroadcasts } from './absorb-broadcasts.js';
import { flattenProducts } from './flatten-products.js';
import { foldConstants, foldSplats, foldZeros } from './fold-constants.js';
import { foldTransposes } from './fold-transposes.js';
import { simplifyArithmetic } from './identities.js';
import { gatherSums } from './gather-sums.js';
import { createDuplicateMerger } from './merge-duplicates.js';
import { multiplyRepeatedRows } from './repeated-rows.js';
import { poolProducts } from './pooled-products.js';
import { reassociateProducts } from './reassociate.js';
import { firstOf, rewriteProgram } from './rewrite.js';
import { shareWeights } from './share-weights.js';
import { simplifyMovement } from './simplify-movement.js';
import { simplifySum } from './simplify-sum.js';
import { splitProducts } from './split-products.js';

/** Far more than programs need; a bound in case two rewrites undo each other. */
const MAX_ROUNDS = 64;

const simplify = firstOf(
  foldSplats,
  foldZeros,
  foldConstants,
  simplifyArithmetic,
  simplifyMovement,
  absorbBroadcasts,
  simplifySum,
  foldTransposes,
  shareWeights,
  multiplyRepeatedRows,
  poolProducts,
  reassociateProducts,
  flattenProducts,
  splitProducts,
);

/**
 * An equal program that is cheaper to run: constants folded, common subexpressions shared,
 * identities applied, transposes folded into products, weights that all tasks share used once.
 *
 * Names, shapes and types of inputs and outputs stay. Take derivatives first: `stopGradient` is
 * removed. Bind symbolic dimensions first where the sizes are known: more can be folded then.
 */
export function optimize(program: Program): Program {
  let current = rewriteProgram(program, createDuplicateMerger());
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const simple = simplifyOnce(current);
    const next = sameOutputs(simple, current) ? gatherSums(simple) : simple;
    if (sameOutputs(next, current)) return next;
    current = next;
  }
  return current;
}

function simplifyOnce(program: Program): Program {
  const merge = createDuplicateMerger();
  return rewriteProgram(program, (tensor, isUsedOnce) =>
    merge(simplify(tensor, isUsedOnce), isUsedOnce),
  );
}

function sameOutputs(a: Program, b: Program): boolean {
  return Object.keys(a.outputs).every((name) => a.outputs[name] === b.outputs[name]);
}
