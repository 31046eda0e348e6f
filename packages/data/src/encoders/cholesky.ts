/**
 * Cholesky factor L of a symmetric positive definite matrix, A = L·Lᵀ, in place.
 * @param matrix `[size, size]`, row-major; the lower triangle is read and becomes L
 */
export function factorise(matrix: Float64Array, size: number): void {
  for (let column = 0; column < size; column++) {
    let pivot = matrix[column * size + column]!;
    for (let k = 0; k < column; k++) pivot -= matrix[column * size + k]! ** 2;
    const root = Math.sqrt(pivot);
    matrix[column * size + column] = root;
    for (let row = column + 1; row < size; row++) {
      let value = matrix[row * size + column]!;
      for (let k = 0; k < column; k++)
        value -= matrix[row * size + k]! * matrix[column * size + k]!;
      matrix[row * size + column] = value / root;
    }
  }
}

/** Solves L·Lᵀ·x = b in place, L from {@link factorise}. */
export function solveFactorised(factor: Float64Array, size: number, vector: Float64Array): void {
  for (let row = 0; row < size; row++) {
    let value = vector[row]!;
    for (let k = 0; k < row; k++) value -= factor[row * size + k]! * vector[k]!;
    vector[row] = value / factor[row * size + row]!;
  }
  for (let row = size - 1; row >= 0; row--) {
    let value = vector[row]!;
    for (let k = row + 1; k < size; k++) value -= factor[k * size + row]! * vector[k]!;
    vector[row] = value / factor[row * size + row]!;
  }
}

/** The inverse A⁻¹ of the matrix whose factor is given, `[size, size]`, into `inverse`. */
export function invertFactorised(
  factor: Float64Array,
  size: number,
  inverse: Float64Array,
  column: Float64Array = new Float64Array(size),
): void {
  for (let at = 0; at < size; at++) {
    column.fill(0);
    column[at] = 1;
    solveFactorised(factor, size, column);
    inverse.set(column, at * size);
  }
}
