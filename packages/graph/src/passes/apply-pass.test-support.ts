import { formatProgram, trace } from '../index.js';
import type { Program, Tensor, TensorSpec, TensorsOf } from '../index.js';
import { rewriteProgram } from './rewrite.js';
import type { Rewrite } from './rewrite.js';

/** Applies one pass once to what a function computes; returns the lines between inputs and outputs. */
export function applyPass<Specs extends Readonly<Record<string, TensorSpec>>>(
  pass: Rewrite,
  specs: Specs,
  fn: (inputs: TensorsOf<Specs>) => Tensor,
): readonly string[] {
  return linesOf(
    rewriteProgram(
      trace(specs, (inputs) => ({ y: fn(inputs) })),
      pass,
    ),
  );
}

/** The lines of a program between its inputs and its output y, and what y is. */
export function linesOf(program: Program): readonly string[] {
  return formatProgram(program)
    .split('\n')
    .filter((line) => !line.startsWith('input'))
    .map((line) => line.replace(/^output y = /, ''));
}
