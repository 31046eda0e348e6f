import { spellShape } from './errors.js';
import type { Program } from './program.js';
import type { Tensor } from './tensor.js';
import { topologicalOrder } from './topological-order.js';

/**
 * Writes a program as text, one tensor a line, in the order in which it may be computed.
 *
 * @example
 * ```ts
 * console.log(formatProgram(program));
 * // input x: float32[T, 3]
 * // %0 = relu(x): float32[T, 3]
 * // output y = %0
 * ```
 */
export function formatProgram({ inputs, outputs }: Program): string {
  const names = new Map<Tensor, string>(
    Object.entries(inputs).map(([name, input]) => [input, name]),
  );
  const computed = topologicalOrder(Object.values(outputs)).filter((tensor) => !names.has(tensor));
  computed.forEach((tensor, position) => names.set(tensor, `%${position}`));
  return [
    ...Object.entries(inputs).map(([name, input]) => `input ${name}: ${spellType(input)}`),
    ...computed.map((tensor) => formatTensor(tensor, names)),
    ...Object.entries(outputs).map(([name, output]) => `output ${name} = ${names.get(output)!}`),
  ].join('\n');
}

function formatTensor(tensor: Tensor, names: ReadonlyMap<Tensor, string>): string {
  const inputs = tensor.inputs.map((input) => names.get(input)!).join(', ');
  return `${names.get(tensor)!} = ${tensor.op}(${inputs})${formatAttrs(tensor)}: ${spellType(tensor)}`;
}

/** Shape and type stand at the end of the line already; false flags say nothing. */
function formatAttrs({ attrs }: Tensor): string {
  const told = Object.entries(attrs as Readonly<Record<string, unknown>>)
    .filter(([name, value]) => name !== 'shape' && name !== 'dtype' && value !== false)
    .map(([name, value]) => `${name}: ${ArrayBuffer.isView(value) ? '…' : JSON.stringify(value)}`);
  return told.length === 0 ? '' : ` {${told.join(', ')}}`;
}

function spellType(tensor: Tensor): string {
  return `${tensor.dtype}${spellShape(tensor.shape)}`;
}
