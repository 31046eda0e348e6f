import type { ReadReport } from '@limaml/plugin';
import { tooManyMalformed } from './errors.js';

/** How many malformed rows a reader puts up with. */
export interface MalformedLimits {
  /** Share of the rows read. Default 0.01. */
  readonly maxMalformedShare?: number;
  /** Number of rows. Default: no limit. */
  readonly maxMalformed?: number;
}

/** Counts malformed rows by reason and keeps the first few places. */
export interface MalformedCounter {
  /**
   * @param places files and lines, e.g. `ratings.dat:17`; the first few are kept
   * @param count rows. Default: one per place
   */
  add(reason: string, places: readonly string[], count?: number): void;
  /**
   * @throws LIMAML_ERR_DATA_MALFORMED when more rows are malformed than the limits allow
   */
  report(rowsRead: number): ReadReport;
}

const EXAMPLES = 5;

export function createMalformedCounter(
  source: string,
  { maxMalformedShare = 0.01, maxMalformed = Infinity }: MalformedLimits,
): MalformedCounter {
  const reasons = new Map<string, { count: number; examples: string[] }>();
  return {
    add(reason, places, count = places.length) {
      const entry = reasons.get(reason) ?? { count: 0, examples: [] };
      entry.count += count;
      entry.examples.push(...places.slice(0, EXAMPLES - entry.examples.length));
      reasons.set(reason, entry);
    },
    report(rowsRead) {
      const malformed = [...reasons].map(([reason, entry]) => ({ reason, ...entry }));
      const bad = malformed.reduce((total, { count }) => total + count, 0);
      if (bad > maxMalformed || bad > maxMalformedShare * rowsRead) {
        throw tooManyMalformed(source, bad, rowsRead, malformed, {
          maxMalformedShare,
          maxMalformed,
        });
      }
      return { rowsRead, rowsKept: rowsRead - bad, malformed };
    },
  };
}
