import { createHash } from 'node:crypto';

/**
 * SHA-256 of a JSON value with sorted keys, in hexadecimal digits: equal values have equal fingerprints,
 * in whatever order their keys were written.
 *
 * @example
 * ```ts
 * fingerprintOf({ seed: 1, split: 'time' }) === fingerprintOf({ split: 'time', seed: 1 }); // true
 * ```
 */
export function fingerprintOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value, sortKeys)).digest('hex');
}

function sortKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
