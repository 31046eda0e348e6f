/** Element type of a tensor. The reference interpreter computes `float32` in double precision. */
export type DType = 'float32' | 'int32' | 'bool';

/** The typed array that carries each {@link DType} across the executor boundary (`bool` as 0/1 bytes). */
export interface DTypeArrays {
  float32: Float32Array;
  int32: Int32Array;
  bool: Uint8Array;
}
