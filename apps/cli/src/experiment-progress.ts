import type { ExperimentEvent, Job, TrainingEvent } from '@limaml/experiment';
import type { Progress, Step } from './progress.js';

/** Shows what an experiment tells: one step for reading the data, one for all runs. */
export interface ExperimentProgress {
  readonly tell: (event: ExperimentEvent) => void;
  readonly done: () => void;
}

export function experimentProgress(progress: Progress): ExperimentProgress {
  const shares = new Map<string, number>();
  let data: Step | undefined;
  let runs: Step | undefined;
  let [finished, total] = [0, 1];
  const show = (detail: string): void => {
    const running = [...shares.values()].reduce((sum, share) => sum + share, 0);
    runs?.update((finished + running) / total, detail);
  };
  return {
    tell(event) {
      if (event.kind === 'data') {
        data ??= progress.step('Reading the data');
        data.update(event.share);
        return;
      }
      if (event.kind !== 'training') {
        runs ??= progress.step(`Running ${event.total} models and baselines`);
        [finished, total] = [event.finished, event.total];
        shares.delete(nameOf(event.job));
        show(`${finished}/${total} · ${nameOf(event.job)}`);
        return;
      }
      shares.set(nameOf(event.job), shareOf(event.event));
      show(`${finished}/${total} · ${nameOf(event.job)} · ${describe(event.event)}`);
    },
    done: () => {
      runs?.done();
    },
  };
}

function nameOf({ name, seed }: Job): string {
  return `${name} seed ${seed}`;
}

function shareOf(event: TrainingEvent): number {
  const within = event.kind === 'step' ? event.step / event.steps : 1;
  return (event.epoch - 1 + within) / event.epochs;
}

function describe(event: TrainingEvent): string {
  const epoch = `epoch ${event.epoch}/${event.epochs} loss ${event.loss.toFixed(4)}`;
  if (event.kind === 'step') return `${epoch} ${Math.round(event.tasksPerSecond)} tasks/s`;
  return event.monitored === null ? epoch : `${epoch} validation ${event.monitored.toFixed(4)}`;
}
