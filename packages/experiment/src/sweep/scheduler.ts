/** What a scheduler wants to be trained next. */
export interface Assignment {
  readonly trial: number;
  /** From 0. */
  readonly rung: number;
}

/** Decides which trial is trained next, and how far. */
export interface Scheduler {
  /** `'wait'` while trials that are being trained may lead to more; undefined when there is nothing left. */
  next(): Assignment | 'wait' | undefined;
  /** Tells what an assignment came to, also one of an earlier process. Greater is better; −∞ for a failure. */
  report(assignment: Assignment, score: number): void;
}

/** How a scheduler is set up. */
export interface SchedulerOptions {
  readonly trials: number;
  /** Rungs, at least one. One alone is random search. */
  readonly rungs: number;
  /** η: one of so many trials of a rung goes on to the next. */
  readonly reduction: number;
}

/**
 * Asynchronous successive halving: whenever somebody is free, the best trial among the top 1/η of a rung that has not
 * gone on yet goes on to the next, the highest rung first; where there is none, a new trial begins at the bottom.
 *
 * Of a rung never more than 1/η go on in all. (Algorithm 2 of the paper lets a trial go on also where trials that went
 * on before it have dropped out of the top since; here they count, which bounds the cost by that of synchronous
 * halving.)
 *
 * @see Li et al. 2020, "A system for massively parallel hyperparameter tuning", algorithm 2
 */
export function createScheduler({ trials, rungs, reduction }: SchedulerOptions): Scheduler {
  const numbers = Array.from({ length: trials }, (_, at) => at + 1);
  const scores = Array.from({ length: rungs }, () => new Map<number, number>());
  const assigned = Array.from({ length: rungs }, () => new Set<number>());

  const promotion = (rung: number): number | undefined => {
    const quota = Math.floor(scores[rung]!.size / reduction);
    if (assigned[rung + 1]!.size >= quota) return undefined;
    const top = ranked(scores[rung]!).slice(0, quota);
    return top.find((trial) => !assigned[rung + 1]!.has(trial));
  };
  const choose = (): Assignment | undefined => {
    for (let rung = rungs - 2; rung >= 0; rung--) {
      const trial = promotion(rung);
      if (trial !== undefined) return { trial, rung: rung + 1 };
    }
    const fresh = numbers.find((trial) => !assigned[0]!.has(trial));
    return fresh === undefined ? undefined : { trial: fresh, rung: 0 };
  };
  const busy = (): boolean => assigned.some(({ size }, rung) => size > scores[rung]!.size);
  return {
    next() {
      const chosen = choose();
      if (chosen !== undefined) assigned[chosen.rung]!.add(chosen.trial);
      return chosen ?? (busy() ? 'wait' : undefined);
    },
    report({ trial, rung }, score) {
      assigned[rung]!.add(trial);
      scores[rung]!.set(trial, score);
    },
  };
}

/** Trials that did not fail, the best first; of equal ones, the one that began first. */
function ranked(scores: ReadonlyMap<number, number>): number[] {
  return [...scores]
    .filter(([, score]) => score > -Infinity)
    .sort(([a, x], [b, y]) => y - x || a - b)
    .map(([trial]) => trial);
}

/** Epochs of each rung: the least, then η times as many each, up to the most. */
export function rungEpochs(
  { minEpochs, reduction }: { readonly minEpochs: number; readonly reduction: number },
  maxEpochs: number,
): number[] {
  const rungs: number[] = [];
  for (let epochs = minEpochs; epochs < maxEpochs; epochs *= reduction) rungs.push(epochs);
  return [...rungs, maxEpochs];
}
