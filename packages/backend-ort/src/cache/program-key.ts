import { topologicalOrder, type Program, type Tensor } from '@limaml/graph';
import { createHash, type Hash } from 'node:crypto';

/**
 * Names what a program computes and how it is compiled: equal programs have the same key, in every
 * process. Names of ports count, the program's own name does not.
 *
 * @param context everything else that decides the compiled model: versions, provider, options
 */
export function programKey({ inputs, outputs }: Program, context: readonly unknown[]): string {
  const hash = createHash('sha256');
  const order = topologicalOrder([...Object.values(inputs), ...Object.values(outputs)]);
  const positions = new Map(order.map((tensor, position) => [tensor, position]));
  const positionsOf = (ports: Program['inputs']): unknown[] =>
    Object.entries(ports).map(([name, tensor]) => [name, positions.get(tensor)]);
  hash.update(JSON.stringify([context, positionsOf(inputs), positionsOf(outputs)]));
  for (const tensor of order) addTensor(hash, tensor, positions);
  return hash.digest('hex');
}

function addTensor(hash: Hash, tensor: Tensor, positions: ReadonlyMap<Tensor, number>): void {
  const inputs = tensor.inputs.map((input) => positions.get(input));
  hash.update(JSON.stringify([tensor.op, inputs, tensor.attrs], spell));
  for (const value of Object.values(tensor.attrs as object)) {
    if (ArrayBuffer.isView(value)) hash.update(bytesOf(value));
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** JSON has no -0, NaN and infinities. Of arrays it holds the kind and length; their bytes follow. */
function spell(_: string, value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return `${value.constructor.name} of ${value.byteLength} bytes`;
  if (typeof value !== 'number' || (Number.isFinite(value) && !Object.is(value, -0))) return value;
  return `number ${Object.is(value, -0) ? '-0' : String(value)}`;
}
