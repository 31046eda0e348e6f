import { adaptProgram, maml } from '@limaml/core';
import { bindDims, type Executor, type Program, type TensorMap } from '@limaml/graph';
import { drawBatch, drawParameters } from './batches.ts';
import type { Contender } from './measure.ts';
import { shared } from './shared-memory.ts';
import { partsOf } from './task-chunks.ts';
import type { Workload } from './workloads.ts';

/** Adaptation of one batch of entities: support sets in, meta embeddings out. */
export interface Adaptation extends Contender {
  /** Entities in a batch. */
  readonly entities: number;
}

/** The inner loop alone, for batches of this many entities with parameters inside the program's feeds. */
export async function adaptation(
  executor: Executor,
  workload: Workload,
  innerSteps: number,
  entities: number,
): Promise<Adaptation> {
  const name = `${workload.name}, K = ${innerSteps}, ${entities} per batch`;
  const { program, feeds } = adaptationCase(workload, innerSteps, entities);
  const compiled = await executor.compile(program, { name });
  const shape = [entities, workload.model.embeddingDim];
  const data = new Float32Array(entities * workload.model.embeddingDim);
  const into = { embedding: { dtype: 'float32', shape, data } } as const;
  return { name, entities, run: () => compiled.run(feeds, into) };
}

/** Entities adapted in one run: what it computes stays in the caches of a core. */
const ENTITIES_PER_RUN = 32;

/** Adaptation of some entities, run by run, in the executor's workers if it has any. */
export async function adaptationInRuns(
  executor: Executor,
  workload: Workload,
  innerSteps: number,
  entities: number,
): Promise<Contender> {
  const { feeds, symbolic } = adaptationCase(workload, innerSteps, entities);
  const name = `${workload.name}, K = ${innerSteps}, ${entities} entities`;
  const program = bindDims(symbolic, { ...workload.sizes, T: ENTITIES_PER_RUN });
  const compiled = await executor.compile(program, { name });
  const seen = executor.workers === undefined ? feeds : shared(feeds);
  const runs = partsOf(symbolic, seen, ENTITIES_PER_RUN);
  return { name, run: () => Promise.all(runs.map((run) => compiled.run(run))) };
}

/** The inner loop of a batch of entities, and what it is fed. */
export function adaptationCase(
  workload: Workload,
  innerSteps: number,
  entities: number,
): { readonly program: Program; readonly symbolic: Program; readonly feeds: TensorMap } {
  const batch = { ...workload, sizes: { ...workload.sizes, T: entities } };
  const algorithm = maml({ innerSteps, innerLearningRate: workload.innerLearningRate });
  const symbolic = adaptProgram(workload.model, algorithm);
  const program = bindDims(symbolic, batch.sizes);
  const parameters = Object.entries(drawParameters(batch, algorithm));
  const used = parameters.filter(([input]) => Object.hasOwn(program.inputs, input));
  return {
    program,
    symbolic,
    feeds: { ...drawBatch(program, batch), ...Object.fromEntries(used) },
  };
}

/** What adapting many entities took. */
export interface Scaling {
  readonly entities: number;
  readonly microsecondsPerEntity: number;
  /** Peak memory of the process so far, in MiB. */
  readonly peakMiB: number;
}

/** Adapts ever more entities, batch after batch, and watches the cost of one and the memory. */
export async function scaling(
  contender: Adaptation,
  counts: readonly number[],
): Promise<readonly Scaling[]> {
  const results: Scaling[] = [];
  for (const count of counts) {
    const batches = Math.ceil(count / contender.entities);
    const started = performance.now();
    for (let i = 0; i < batches; i++) await contender.run();
    const entities = batches * contender.entities;
    const microsecondsPerEntity = (1000 * (performance.now() - started)) / entities;
    results.push({
      entities,
      microsecondsPerEntity,
      peakMiB: process.resourceUsage().maxRSS / 1024,
    });
  }
  return results;
}

/** Numbers of entities to measure: 1000, 10,000 and so on up to a limit. */
export function powersOfTen(limit: number): number[] {
  const counts: number[] = [];
  for (let count = 1000; count <= limit; count *= 10) counts.push(count);
  return counts;
}
