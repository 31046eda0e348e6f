import { bindDims } from './bind-dims.js';
import { dtypeMismatch, feedUnknown } from './errors.js';
import type { TensorData, TensorMap } from './executor.js';
import { bindSymbols } from './interpreter/bind-symbols.js';
import { assertSize } from './interpreter/value.js';
import { constant } from './ops/source.js';
import { rewriteProgram } from './passes/rewrite.js';
import type { Program } from './program.js';
import type { Tensor } from './tensor.js';

/**
 * Turns inputs into constants, e.g. trained parameters of a program that is to be exported. Symbols
 * in their shapes take the sizes of the data, throughout the program. Data are kept, not copied.
 *
 * @param values tensors by input name
 * @returns a program without these inputs
 * @throws LIMAML_ERR_GRAPH_FEED_UNKNOWN, LIMAML_ERR_GRAPH_FEED_SHAPE, LIMAML_ERR_GRAPH_FEED_SIZE, LIMAML_ERR_GRAPH_DTYPE
 * @example
 * ```ts
 * const scorer = freeze(program, { w: { dtype: 'float32', shape: [2], data: Float32Array.of(1, 2) } });
 * ```
 */
export function freeze(program: Program, values: TensorMap): Program {
  const matches = Object.entries(values).map(([name, value]) => {
    assertFits(program, name, value);
    return { name, declared: program.inputs[name]!.shape, actual: value.shape };
  });
  const bound = bindDims(program, bindSymbols(matches));
  const constants = new Map<Tensor, Tensor>(
    Object.entries(values).map(([name, { data, shape, dtype }]) => [
      bound.inputs[name]!,
      constant(data, shape, dtype),
    ]),
  );
  const open = Object.entries(bound.inputs).filter(([name]) => !Object.hasOwn(values, name));
  const { outputs } = rewriteProgram(bound, (tensor) => constants.get(tensor) ?? tensor);
  return { inputs: Object.fromEntries(open), outputs };
}

function assertFits({ inputs }: Program, name: string, { dtype, shape, data }: TensorData): void {
  const input = Object.hasOwn(inputs, name) ? inputs[name] : undefined;
  if (!input) throw feedUnknown(name, Object.keys(inputs));
  if (input.dtype !== dtype) throw dtypeMismatch(`freeze of input "${name}"`, [dtype], input.dtype);
  assertSize(name, shape, data);
}
