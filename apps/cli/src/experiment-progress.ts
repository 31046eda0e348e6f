import type { ExperimentEvent, Job, QueueEvent, TrainingEvent } from '@limaml/experiment';
import type { Progress, Step } from './progress.js';

/** Shows what an experiment tells, as one step. */
export interface ExperimentProgress {
  readonly tell: (event: ExperimentEvent) => void;
  readonly done: () => void;
}

export function experimentProgress(progress: Progress): ExperimentProgress {
  const shares = new Map<string, number>();
  let step: Step | undefined;
  let [finished, total] = [0, 1];
  const show = (detail: string): void => {
    const running = [...shares.values()].reduce((sum, share) => sum + share, 0);
    step?.update((finished + running) / total, `${finished}/${total} · ${detail}`);
  };
  const onJob = ({ job, ...event }: QueueEvent): void => {
    step ??= progress.step(`Running ${event.total} models and baselines`);
    [finished, total] = [event.finished, event.total];
    shares.delete(nameOf(job));
    show(nameOf(job));
  };
  const onTraining = (job: Job, event: TrainingEvent): void => {
    shares.set(nameOf(job), shareOf(event));
    show(`${nameOf(job)} · ${describe(event)}`);
  };
  return {
    tell(event) {
      if (event.kind === 'data') show(`reading the data ${Math.round(100 * event.share)} %`);
      else if (event.kind === 'training') onTraining(event.job, event.event);
      else onJob(event);
    },
    done: () => {
      step?.done();
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
