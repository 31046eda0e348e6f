import { createOrtExecutor, type OrtExecutor } from '@limaml/backend-ort';
import { measure, type MeasureOptions, type Timing } from './measure.ts';
import { metaStep } from './meta-step.ts';
import { sgemm, sgemmOnWorkers } from './sgemm.ts';
import { dividedMetaStep } from './workers.ts';
import type { Workload } from './workloads.ts';

/** The same work by one thread, and divided among workers. */
export interface WorkerScaling {
  readonly name: string;
  readonly workers: number;
  readonly one: Timing;
  readonly divided: Timing;
  /** How many times as much is done per second: by medians, and by the fastest quarters of the rounds. */
  readonly ratio: number;
  readonly bestRatio: number;
}

/**
 * Meta-steps by one thread and by two workers. Beside each stands what the machine itself allows in the
 * same rounds: two large matrix products at once against one. Where two cores share parts of one
 * processor core, or others are at work, it is well below 2.
 */
export async function workerScalingSuite(
  executor: OrtExecutor,
  workloads: readonly Workload[],
  options: MeasureOptions,
): Promise<readonly WorkerScaling[]> {
  const pool = await createOrtExecutor({ workers: 2 });
  const results: WorkerScaling[] = [];
  for (const workload of workloads)
    results.push(...(await scalingOf(workload, executor, pool, options)));
  await pool.dispose();
  return results;
}

async function scalingOf(
  workload: Workload,
  executor: OrtExecutor,
  pool: OrtExecutor,
  options: MeasureOptions,
): Promise<WorkerScaling[]> {
  const { chunk } = workload;
  const chunks = chunk === undefined ? {} : { chunk };
  const step = {
    workload,
    innerSteps: 5,
    order: 'second',
    fastWeights: 'auto',
    ...chunks,
  } as const;
  const [one, divided, product, products] = await measure(
    [
      await metaStep(executor, step),
      await dividedMetaStep(pool, step),
      await sgemm(executor),
      await sgemmOnWorkers(pool),
    ],
    options,
  );
  const workers = pool.workers!;
  return [
    compare(`${workload.name}, K = 5, second order`, workers, one!, divided!, 1),
    compare('what the machine allows', workers, product!, products!, workers),
  ];
}

/** @param work how much more the workers do than the thread */
function compare(
  name: string,
  workers: number,
  one: Timing,
  divided: Timing,
  work: number,
): WorkerScaling {
  const ratio = (work * one.median) / divided.median;
  const bestRatio = (work * one.lowQuartile) / divided.lowQuartile;
  return { name, workers, one, divided, ratio, bestRatio };
}
