/** Numbers in the lower triangle of a `dim × dim` matrix, kept row by row. */
export function triangleSize(dim: number): number {
  return (dim * (dim + 1)) / 2;
}

/** V_i V_iᵀ of every row of `[candidates, dim]`, as triangles. */
export function outerProducts(loadings: Float64Array, dim: number): Float64Array {
  const candidates = loadings.length / dim;
  const products = new Float64Array(candidates * triangleSize(dim));
  for (let base = 0, at = 0; base < loadings.length; base += dim) {
    for (let row = 0; row < dim; row++) {
      for (let k = 0; k <= row; k++) products[at++] = loadings[base + row]! * loadings[base + k]!;
    }
  }
  return products;
}

/** Adds one run of numbers to another. The innermost loop: unrolled, it takes half the time. */
export function addTriangle(
  into: Float64Array,
  to: number,
  from: Float64Array,
  start: number,
  length: number,
): void {
  let k = 0;
  for (; k + 3 < length; k += 4) {
    into[to + k]! += from[start + k]!;
    into[to + k + 1]! += from[start + k + 1]!;
    into[to + k + 2]! += from[start + k + 2]!;
    into[to + k + 3]! += from[start + k + 3]!;
  }
  for (; k < length; k++) into[to + k]! += from[start + k]!;
}

/** Writes `map` of a triangle's numbers into the lower half of a square matrix. */
export function unpack(
  triangle: Float64Array,
  square: Float64Array,
  dim: number,
  map: (value: number) => number,
): void {
  for (let row = 0, at = 0; row < dim; row++) {
    for (let k = 0; k <= row; k++) square[row * dim + k] = map(triangle[at++]!);
  }
}
