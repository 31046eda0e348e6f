import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createScheduler, rungEpochs, type Assignment, type Scheduler } from './scheduler.js';

const options = { seed: 7, numRuns: 200 };

/** How a search may go: few distinct scores, failures, and any order in which trials end. */
const searches = fc.record({
  trials: fc.integer({ min: 1, max: 30 }),
  rungs: fc.integer({ min: 1, max: 4 }),
  reduction: fc.integer({ min: 2, max: 4 }),
  workers: fc.integer({ min: 1, max: 5 }),
  scores: fc.array(fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constant(-Infinity)), {
    minLength: 30,
    maxLength: 30,
  }),
  ends: fc.infiniteStream(fc.nat({ max: 1000 })),
});

type Inputs = typeof searches extends fc.Arbitrary<infer T> ? T : never;

/** What was assigned and what had ended at that moment. */
interface Decision {
  readonly assignment: Assignment;
  readonly ended: readonly Assignment[];
}

function search(
  { workers, scores, ends }: Inputs,
  scheduler: Scheduler,
): { readonly decisions: Decision[]; readonly ended: Assignment[] } {
  const [running, ended]: Assignment[][] = [[], []];
  const decisions: Decision[] = [];
  for (;;) {
    const next = running!.length < workers ? scheduler.next() : 'wait';
    if (next === undefined) return { decisions, ended: ended! };
    if (next !== 'wait') {
      decisions.push({ assignment: next, ended: [...ended!] });
      running!.push(next);
      continue;
    }
    const [done] = running!.splice(ends.next().value! % running!.length, 1);
    scheduler.report(done!, scores[done!.trial - 1]! + done!.rung);
    ended!.push(done!);
  }
}

const inRung = (assignments: readonly Assignment[], rung: number) =>
  assignments.filter((assignment) => assignment.rung === rung);

describe('successive halving', () => {
  it('never lets more than 1/η of a rung go on', () => {
    fc.assert(
      fc.property(searches, (inputs) => {
        const { decisions } = search(inputs, createScheduler(inputs));
        decisions.forEach(({ assignment: { rung }, ended }, at) => {
          if (rung === 0) return;
          const before = decisions.slice(0, at + 1).map(({ assignment }) => assignment);
          const limit = Math.floor(inRung(ended, rung - 1).length / inputs.reduction);
          expect(inRung(before, rung).length).toBeLessThanOrEqual(limit);
        });
      }),
      options,
    );
  });

  it('lets only trials go on that are in the top 1/η of their rung, and did not fail', () => {
    fc.assert(
      fc.property(searches, (inputs) => {
        const { decisions } = search(inputs, createScheduler(inputs));
        for (const { assignment, ended } of decisions) {
          if (assignment.rung === 0) continue;
          const rivals = inRung(ended, assignment.rung - 1);
          const score = (trial: number) => inputs.scores[trial - 1]!;
          const better = rivals.filter(({ trial }) => score(trial) > score(assignment.trial));
          expect(better.length).toBeLessThan(Math.floor(rivals.length / inputs.reduction));
          expect(score(assignment.trial)).not.toBe(-Infinity);
        }
      }),
      options,
    );
  });

  it('trains every trial once in the lowest rung, and none twice in any', () => {
    fc.assert(
      fc.property(searches, (inputs) => {
        const { ended } = search(inputs, createScheduler(inputs));
        const keys = ended.map(({ trial, rung }) => `${trial}/${rung}`);
        expect(new Set(keys).size).toBe(keys.length);
        expect(inRung(ended, 0)).toHaveLength(inputs.trials);
      }),
      options,
    );
  });

  it('goes on from what is known as if it had not stopped', () => {
    fc.assert(
      fc.property(searches, fc.nat({ max: 40 }), (inputs, stop) => {
        const alone = { ...inputs, workers: 1 };
        const { ended } = search(alone, createScheduler(inputs));
        const resumed = createScheduler(inputs);
        const known = ended.slice(0, stop);
        for (const each of known) resumed.report(each, inputs.scores[each.trial - 1]! + each.rung);
        expect([...known, ...search(alone, resumed).ended]).toEqual(ended);
      }),
      options,
    );
  });

  it('begins with trials that were lost when a process was killed', () => {
    const scheduler = createScheduler({ trials: 3, rungs: 1, reduction: 3 });
    scheduler.report({ trial: 1, rung: 0 }, 1);
    scheduler.report({ trial: 3, rung: 0 }, 1);
    expect(scheduler.next()).toEqual({ trial: 2, rung: 0 });
    expect(scheduler.next()).toBe('wait');
  });

  it('lets nine trials go on as three and one', () => {
    const inputs = { trials: 9, rungs: 3, reduction: 3 };
    const scheduler = createScheduler(inputs);
    const counts = [0, 0, 0];
    for (let next = scheduler.next(); next && next !== 'wait'; next = scheduler.next()) {
      counts[next.rung]!++;
      scheduler.report(next, next.trial);
    }
    expect(counts).toEqual([9, 3, 1]);
  });
});

describe('rungs', () => {
  it.each([
    [1, 3, 20, [1, 3, 9, 20]],
    [2, 2, 16, [2, 4, 8, 16]],
    [5, 3, 5, [5]],
    [9, 3, 5, [5]],
  ])('from %i epochs, times %i, up to %i', (minEpochs, reduction, most, expected) => {
    expect(rungEpochs({ minEpochs, reduction }, most)).toEqual(expected);
  });
});
