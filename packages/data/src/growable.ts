/** A typed array that grows by doubling, so that reading a file of unknown length copies little. */
export interface Growable<Values> {
  push(value: number): void;
  /** What was pushed. */
  take(): Values;
}

type NumberArray = Float64Array | Float32Array | Int32Array;

export function createGrowable<Values extends NumberArray>(
  create: (length: number) => Values,
): Growable<Values> {
  let values = create(1024);
  let length = 0;
  return {
    push(value) {
      if (length === values.length) {
        const larger = create(2 * length);
        larger.set(values);
        values = larger;
      }
      values[length++] = value;
    },
    take: () => values.slice(0, length) as Values,
  };
}
