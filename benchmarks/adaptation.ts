import { adaptProgram, maml } from '@limaml/core';
import { bindDims } from '@limaml/graph';
import type { OrtExecutor } from '@limaml/backend-ort';
import { drawBatch, drawParameters } from './batches.ts';
import type { Contender } from './measure.ts';
import type { Workload } from './workloads.ts';

/** Adaptation of one batch of entities: support sets in, meta embeddings out. */
export interface Adaptation extends Contender {
  /** Entities in a batch. */
  readonly entities: number;
}

/** The inner loop alone, for batches of this many entities with parameters inside the program's feeds. */
export async function adaptation(
  executor: OrtExecutor,
  workload: Workload,
  innerSteps: number,
  entities: number,
): Promise<Adaptation> {
  const batch = { ...workload, sizes: { ...workload.sizes, T: entities } };
  const algorithm = maml({ innerSteps, innerLearningRate: workload.innerLearningRate });
  const name = `${workload.name}, K = ${innerSteps}, ${entities} per batch`;
  const program = bindDims(adaptProgram(workload.model, algorithm), batch.sizes);
  const compiled = await executor.compile(program, { name });
  const parameters = Object.entries(drawParameters(batch, algorithm));
  const used = parameters.filter(([input]) => Object.hasOwn(program.inputs, input));
  const feeds = { ...drawBatch(program, batch), ...Object.fromEntries(used) };
  const shape = [entities, workload.model.embeddingDim];
  const data = new Float32Array(entities * workload.model.embeddingDim);
  const into = { embedding: { dtype: 'float32', shape, data } } as const;
  return { name, entities, run: () => compiled.run(feeds, into) };
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
