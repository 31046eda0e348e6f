import { isLimamlError } from '@limaml/errors';
import { expect } from 'vitest';

/** How damaged input ended, and how often. */
export interface Outcomes {
  /**
   * Does something with damaged input. It must succeed or throw a coded error, in good time.
   * @returns whether it succeeded
   */
  try(action: () => unknown): Promise<boolean>;
  /** That both happened, so that the damage was neither harmless nor total; and that memory was bounded. */
  expectBoth(): void;
  /** That something was refused, and that memory was bounded. */
  expectRefusals(): void;
}

/** What one input may take, in milliseconds: far more than any needs, for a machine that is busy. */
const PATIENCE = 15_000;
/** What all inputs together may add to the peak of the process, in bytes. */
const MEMORY = 1024 * 2 ** 20;

export function outcomes(): Outcomes {
  const counts = { fine: 0, refused: 0 };
  const before = peakBytes();
  const expectRefusals = (): void => {
    expect(counts.refused).toBeGreaterThan(0);
    expect(peakBytes() - before).toBeLessThan(MEMORY);
  };
  return {
    async try(action) {
      const started = performance.now();
      const error = await thrownBy(action);
      expect(performance.now() - started).toBeLessThan(PATIENCE);
      // Whatever else is thrown is a defect: it fails the property with its own stack.
      if (error !== undefined && !isLimamlError(error)) throw error;
      counts[error === undefined ? 'fine' : 'refused']++;
      return error === undefined;
    },
    expectRefusals,
    expectBoth() {
      expect(counts.fine).toBeGreaterThan(0);
      expectRefusals();
    },
  };
}

async function thrownBy(action: () => unknown): Promise<Error | undefined> {
  try {
    await action();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(`thrown as an error: ${String(error)}`);
  }
}

function peakBytes(): number {
  return process.resourceUsage().maxRSS * 1024;
}
