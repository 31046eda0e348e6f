import type { MemoryVerdict } from './soak/memory.ts';
import type { SoakResult } from './soak.ts';

/** The result of a soak as Markdown. */
export function soakSection(result: SoakResult): string[] {
  const { minutes, answers, events, refused, swaps, restarts, unanswered, memory } = result;
  return [
    '## Soak',
    `${minutes} minutes: ${answers} answers, every score checked; ${events} events accepted, ${refused} of them at a later try; ${swaps} swaps of the bundle; ${restarts} times kill -9, which left ${unanswered} requests unanswered.`,
    `Resident memory after the last restart: ${memory.early.toFixed(0)} MiB early, ${memory.late.toFixed(0)} MiB late: ${verdictOf(memory)}.`,
    `Wrong scores, errors and lost events: ${result.failed}.`,
    ...result.failures.map((failure) => `- ${failure}`),
    result.passed ? 'Passed.' : 'Failed.',
  ];
}

function verdictOf({ flat }: MemoryVerdict): string {
  if (flat === undefined) return 'too short a time to judge';
  return flat ? 'flat' : 'it grows';
}
