import type { SearchEvent, SweepEvent } from '@limaml/experiment';
import { experimentProgress } from './experiment-progress.js';
import type { Progress, Step } from './progress.js';

/** Shows what a sweep tells: its trials as one step, the experiment of the best one as another. */
export interface SweepProgress {
  readonly tell: (event: SweepEvent) => void;
  readonly done: () => void;
}

export function sweepProgress(progress: Progress): SweepProgress {
  const winner = experimentProgress(progress);
  const running = new Map<number, string>();
  let trials: Step | undefined;
  let open = true;
  let [share, known] = [0, 'no trial yet'];
  const show = (): void => {
    trials?.update(share, [known, ...running.values()].join(' · '));
  };
  const onSearch = (event: SearchEvent): void => {
    trials ??= progress.step('Trials');
    if (event.kind === 'trial-started') {
      running.set(event.trial, `trial ${event.trial} to epoch ${event.epochs}`);
    } else {
      running.delete(event.trained.trial);
      [share, known] = [event.share, describeSearch(event)];
    }
    show();
  };
  const endTrials = (): void => {
    if (open) trials?.done(known);
    open = false;
  };
  return {
    tell(event) {
      if (event.kind === 'winner') {
        endTrials();
        winner.tell(event.event);
      } else if (event.kind === 'trials') show();
      else onSearch(event);
    },
    done: winner.done,
  };
}

function describeSearch({
  begun,
  trials,
  best,
}: Extract<SearchEvent, { kind: 'trial-trained' }>): string {
  const counted = `${begun}/${trials}`;
  if (best === undefined) return counted;
  return `${counted} · best so far ${best.value!.toFixed(4)}, trial ${best.trial}`;
}
