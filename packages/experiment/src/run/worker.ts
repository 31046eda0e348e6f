import type { Registry } from '@limaml/plugin';
import type { ExperimentSpec } from '../spec/schema.js';
import { createJobRunner, type JobRunner } from './job-runner.js';
import { packError, type WorkerReply, type WorkerRequest } from './protocol.js';

/**
 * Serves jobs of an experiment to the process that forked this one, until that disconnects. Call it in a
 * process started by `spawnWorker`, with the same spec and plugins as the parent.
 *
 * SIGINT is left to the parent, which asks for a stop: on a terminal Ctrl-C reaches both.
 *
 * @example
 * ```ts
 * // worker.js, forked with { serialization: 'advanced' }
 * await serveExperimentWorker(spec, createAppRegistry());
 * ```
 */
export async function serveExperimentWorker(
  spec: ExperimentSpec,
  registry: Registry,
): Promise<void> {
  const controller = new AbortController();
  const ignore = (): void => undefined;
  process.on('SIGINT', ignore);
  const disconnected = new Promise<void>((resolve) => process.once('disconnect', resolve));
  let runner: JobRunner | undefined;
  process.on('message', (request: WorkerRequest) => {
    if (request.kind === 'setup') {
      runner = createJobRunner(spec, registry, {
        ...request.setup,
        signal: controller.signal,
        onTraining: (job, event) => {
          reply({ kind: 'training', job, event });
        },
      });
    } else if (request.kind === 'stop') controller.abort();
    else void answer(runner!.run(request.job));
  });
  reply({ kind: 'ready' });
  await disconnected;
  controller.abort();
  process.off('SIGINT', ignore);
  await runner?.dispose();
}

async function answer(result: ReturnType<JobRunner['run']>): Promise<void> {
  try {
    reply({ kind: 'done', result: await result });
  } catch (error) {
    reply({ kind: 'failed', error: packError(error) });
  }
}

/** The parent may be gone already; then there is nobody to tell. */
function reply(message: WorkerReply): void {
  if (process.connected) process.send!(message, undefined, undefined, () => undefined);
}
