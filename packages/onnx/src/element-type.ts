import type { DType, DTypeArrays } from '@limaml/graph';
import { TensorProto_DataType } from './generated/onnx_pb.js';

/** ONNX element type of each {@link DType}. */
export const ELEMENT_TYPE: Readonly<Record<DType, number>> = {
  float32: TensorProto_DataType.FLOAT,
  int32: TensorProto_DataType.INT32,
  bool: TensorProto_DataType.BOOL,
};

const ARRAYS = { float32: Float32Array, int32: Int32Array, bool: Uint8Array };

/** The {@link DType} of an ONNX element type, or undefined for one that programs do not have. */
export function dtypeOf(elementType: number): DType | undefined {
  return (Object.keys(ELEMENT_TYPE) as DType[]).find(
    (dtype) => ELEMENT_TYPE[dtype] === elementType,
  );
}

/** The data in the typed array of its element type; not copied when it is there already. */
export function typedArray(dtype: DType, data: ArrayLike<number>): DTypeArrays[DType] {
  return data instanceof ARRAYS[dtype] ? data : new ARRAYS[dtype](data);
}
