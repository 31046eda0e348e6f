import type { ExperimentEvent, Job, QueueEvent, TrainingEvent } from '@limaml/experiment';
import type { Progress, Step } from './progress.js';

/** Shows what an experiment tells, as one step. */
export interface ExperimentProgress {
  readonly tell: (event: ExperimentEvent) => void;
  readonly done: () => void;
}

export function experimentProgress(progress: Progress): ExperimentProgress {
  /** In the order in which they began, so that what is shown does not jump. */
  const running = new Map<string, { readonly share: number; readonly event?: TrainingEvent }>();
  let step: Step | undefined;
  let [finished, total] = [0, 1];
  const show = (doing?: string): void => {
    const share = [...running.values()].reduce((sum, job) => sum + job.share, finished) / total;
    const alone = running.size === 1;
    const jobs = [...running].map(([name, { event }]) => `${name}${describe(event, alone)}`);
    step?.update(share, [`${finished}/${total}`, ...(doing ? [doing] : jobs)].join(' · '));
  };
  const onJob = ({ kind, job, ...event }: QueueEvent): void => {
    step ??= progress.step(event.total === 1 ? 'Training' : 'Models and baselines');
    [finished, total] = [event.finished, event.total];
    if (kind === 'job-started') running.set(nameOf(job), { share: 0 });
    else running.delete(nameOf(job));
    show();
  };
  const onTraining = (job: Job, event: TrainingEvent): void => {
    running.set(nameOf(job), { share: shareOf(event), event });
    show();
  };
  return {
    tell(event) {
      if (event.kind === 'data') show(`reading the data ${Math.round(100 * event.share)} %`);
      else if (event.kind === 'training') onTraining(event.job, event.event);
      else if (event.kind === 'comparison') {
        show(`comparing the models ${Math.round(100 * event.share)} %`);
      } else onJob(event);
    },
    done: () => {
      step?.done(`${finished}/${total}`);
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

/** @param full whether there is room for more than the epoch */
function describe(event: TrainingEvent | undefined, full: boolean): string {
  if (event === undefined) return '';
  const epoch = ` epoch ${event.epoch}/${event.epochs}`;
  if (!full) return epoch;
  const loss = `${epoch} loss ${event.loss.toFixed(4)}`;
  if (event.kind === 'step') return `${loss} ${Math.round(event.tasksPerSecond)} tasks/s`;
  return event.monitored === null ? loss : `${loss} validation ${event.monitored.toFixed(4)}`;
}
