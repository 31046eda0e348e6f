import type { TensorData, TensorMap } from '@limaml/graph';

/** Copies tensors to memory that workers see. */
export function shared(tensors: TensorMap): TensorMap {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, tensor]) => [name, sharedTensor(tensor)]),
  );
}

function sharedTensor(tensor: TensorData): TensorData {
  const memory = new SharedArrayBuffer(tensor.data.byteLength);
  new Uint8Array(memory).set(bytesOf(tensor));
  if (tensor.dtype === 'float32') return { ...tensor, data: new Float32Array(memory) };
  if (tensor.dtype === 'int32') return { ...tensor, data: new Int32Array(memory) };
  throw new Error(`Batches have no tensors of type ${tensor.dtype}`);
}

function bytesOf({ data }: TensorData): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
