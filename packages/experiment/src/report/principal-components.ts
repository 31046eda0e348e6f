/** Vectors in the plane in which they vary most. */
export interface Projection {
  readonly points: readonly { readonly x: number; readonly y: number }[];
  /** Share of all variance that each axis shows, 0 to 1. */
  readonly shares: readonly [number, number];
}

/** Far more than two axes need whose variances differ enough to be seen. */
const ITERATIONS = 300;

/**
 * Principal component analysis to two dimensions, by orthogonal iteration on the covariance. Starts and signs are
 * fixed, so that the same vectors give the same map: the largest entry of an axis is positive.
 *
 * @param vectors at least two, all of one length, which is two or more
 */
export function projectToPlane(vectors: readonly ArrayLike<number>[]): Projection {
  const centred = centre(vectors);
  const covariance = covarianceOf(centred);
  const total = covariance.reduce((sum, row, at) => sum + row[at]!, 0);
  const first = axisOf(covariance, []);
  const second = axisOf(covariance, [first]);
  const share = (axis: readonly number[]): number =>
    total > 0 ? dot(axis, multiply(covariance, axis)) / total : 0;
  return {
    points: centred.map((vector) => ({ x: dot(vector, first), y: dot(vector, second) })),
    shares: [share(first), share(second)],
  };
}

function centre(vectors: readonly ArrayLike<number>[]): readonly (readonly number[])[] {
  const size = vectors[0]!.length;
  const means = Array.from({ length: size }, (_, at) => {
    return vectors.reduce((sum, vector) => sum + vector[at]!, 0) / vectors.length;
  });
  return vectors.map((vector) => means.map((mean, at) => vector[at]! - mean));
}

function covarianceOf(centred: readonly (readonly number[])[]): readonly (readonly number[])[] {
  const size = centred[0]!.length;
  const sums = Array.from({ length: size }, () => Array.from({ length: size }, () => 0));
  for (const vector of centred) {
    vector.forEach((left, row) => {
      vector.forEach((right, column) => (sums[row]![column]! += (left * right) / centred.length));
    });
  }
  return sums;
}

/** The direction of most variance that is orthogonal to those known already. */
function axisOf(
  covariance: readonly (readonly number[])[],
  known: readonly (readonly number[])[],
): readonly number[] {
  // No direction that data has by nature is orthogonal to this one.
  let axis: readonly number[] = covariance.map((_, at) => Math.cos(1 + at * at));
  for (let step = 0; step < ITERATIONS; step++) {
    axis = normalise(known.reduce(removePart, multiply(covariance, axis)), axis);
  }
  const largest = axis.reduce(
    (most, value) => (Math.abs(value) > Math.abs(most) ? value : most),
    0,
  );
  return largest < 0 ? axis.map((value) => -value) : axis;
}

function removePart(vector: readonly number[], known: readonly number[]): readonly number[] {
  const part = dot(vector, known);
  return vector.map((value, at) => value - part * known[at]!);
}

/** Without any variance left there is no direction: all points are at zero. */
function normalise(vector: readonly number[], before: readonly number[]): readonly number[] {
  const length = Math.sqrt(dot(vector, vector));
  return length > 1e-30 ? vector.map((value) => value / length) : before.map(() => 0);
}

function multiply(
  matrix: readonly (readonly number[])[],
  vector: readonly number[],
): readonly number[] {
  return matrix.map((row) => dot(row, vector));
}

function dot(left: readonly number[], right: readonly number[]): number {
  return left.reduce((sum, value, at) => sum + value * right[at]!, 0);
}
