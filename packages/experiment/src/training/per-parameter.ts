import type { PerParameter } from '@limaml/core';

/** A number for all parameters, or numbers by the beginning of their names. */
export type NumberByPrefix = number | Readonly<Record<string, number>>;

/**
 * Resolves numbers by prefix: the longest beginning that fits a name counts, then `default`, then `fallback`.
 *
 * @example
 * ```ts
 * const l2 = byPrefix({ 'table/': 1e-4, 'table/item': 1e-3 }, 0);
 * l2('table/item'); // 1e-3
 * l2('meta/kernel'); // 0
 * ```
 */
export function byPrefix(value: NumberByPrefix, fallback: number): PerParameter {
  if (typeof value === 'number') return value;
  const prefixes = Object.keys(value).sort((a, b) => b.length - a.length);
  return (name) => {
    const prefix = prefixes.find((candidate) => name.startsWith(candidate));
    return value[prefix ?? 'default'] ?? fallback;
  };
}
