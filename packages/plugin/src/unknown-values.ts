/** Something with members, none of which is known yet. */
export type Members = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is Members {
  return typeof value === 'object' && value !== null;
}

/** Whether a value may be the end of an interval. */
export function isBound(value: unknown): boolean {
  return value === null || Number.isFinite(value);
}

/** The first problem that an item has. */
export function firstOf(
  items: readonly unknown[],
  problemOf: (item: unknown, index: number) => string | undefined,
): string | undefined {
  for (const [index, item] of items.entries()) {
    const problem = problemOf(item, index);
    if (problem !== undefined) return problem;
  }
  return undefined;
}
