/** `LIMAML_FUZZ=20` tries twenty times as many cases, `LIMAML_FUZZ_SEED=7` others. */
const FACTOR = Number(process.env.LIMAML_FUZZ ?? 1);
const SEED = Number(process.env.LIMAML_FUZZ_SEED ?? 1);

/** How many cases a property tries: the same ones every time. */
export function cases(count: number): {
  readonly seed: number;
  readonly numRuns: number;
  readonly endOnFailure: boolean;
} {
  return { seed: SEED, numRuns: Math.ceil(count * FACTOR), endOnFailure: true };
}

/** Time that a property may take. */
export const PATIENCE = 30_000 * Math.max(1, FACTOR);
