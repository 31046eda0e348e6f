/** What a soak has seen so far. */
export interface Tally {
  /** Answers whose every score was checked. */
  answers: number;
  /** Events that the server accepted. */
  events: number;
  swaps: number;
  restarts: number;
  /** Requests that a killed server left unanswered. */
  unanswered: number;
  /** Events that the server would not take at the time (429 or 503), and took when they came again. */
  refused: number;
  /** What must not happen: wrong scores, errors, events without effect. The first of each kind in words. */
  readonly failures: string[];
  failed: number;
}

export function createTally(): Tally {
  return {
    ...{ answers: 0, events: 0, swaps: 0, restarts: 0, unanswered: 0, refused: 0, failed: 0 },
    failures: [],
  };
}

/** Failures told in words, at most. */
const TOLD = 20;

export function fail(tally: Tally, reason: string): void {
  tally.failed++;
  if (tally.failures.length < TOLD) tally.failures.push(reason);
}
