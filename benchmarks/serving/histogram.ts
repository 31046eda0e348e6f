/** A histogram of Prometheus, as text has it: how many observations are at most as great, by upper end. */
export function bucketsOf(text: string, name: string): Map<number, number> {
  const line = new RegExp(`^${name}_bucket\\{le="([^"]+)"\\} (\\d+)$`, 'gm');
  const buckets = [...text.matchAll(line)].map(([, end, count]) => {
    return [end === '+Inf' ? Infinity : Number(end), Number(count)] as const;
  });
  return new Map(buckets);
}

/** The share of the observations that are at most `end`, which must be the end of a bucket. */
export function shareWithin(buckets: ReadonlyMap<number, number>, end: number): number {
  return buckets.get(end)! / buckets.get(Infinity)!;
}

/** A quantile, as if the observations of a bucket lay at even distances in it. */
export function quantileOf(buckets: ReadonlyMap<number, number>, share: number): number {
  const wanted = share * buckets.get(Infinity)!;
  let [low, below] = [0, 0];
  for (const [end, count] of buckets) {
    if (count >= wanted && end === Infinity) return low;
    if (count >= wanted) return low + ((end - low) * (wanted - below)) / (count - below);
    [low, below] = [end, count];
  }
  return NaN;
}
