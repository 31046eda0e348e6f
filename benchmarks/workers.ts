import { adam, type ParameterValues, trainProgram } from '@limaml/core';
import { bindDims } from '@limaml/graph';
import type { OrtExecutor } from '@limaml/backend-ort';
import { drawBatch, drawParameters } from './batches.ts';
import type { Contender } from './measure.ts';
import {
  algorithmOf,
  gradientBuffers,
  type MetaStepCase,
  nameOf,
  outputBuffers,
} from './meta-step.ts';
import { shared } from './shared-memory.ts';
import { accumulate, chunksOf } from './task-chunks.ts';

/** A meta-step whose tasks are divided among the executor's workers; gradients are summed in shared memory. */
export async function dividedMetaStep(
  executor: OrtExecutor,
  step: MetaStepCase,
): Promise<Contender> {
  const { workload } = step;
  const algorithm = algorithmOf(step);
  const symbolic = trainProgram(workload.model, algorithm);
  const tasks = step.chunk ?? workload.sizes.T! / executor.workers!;
  const program = bindDims(symbolic, { ...workload.sizes, T: tasks });
  const compiled = await executor.compile(program, { name: nameOf(step) });
  const parameters = shared(drawParameters(workload, algorithm)) as ParameterValues;
  const chunks = chunksOf(symbolic, shared(drawBatch(symbolic, workload)), tasks);
  const parts = chunks.map(() => shared(gradientBuffers(parameters)) as ParameterValues);
  const outputs = parts.map(outputBuffers);
  const total = gradientBuffers(parameters);
  const optimizer = adam(parameters, { learningRate: 1e-4 });
  const feeds = chunks.map((chunk) => ({ ...chunk.feeds, ...parameters }));
  return {
    name: nameOf(step),
    async run() {
      await Promise.all(feeds.map((feed, i) => compiled.run(feed, outputs[i])));
      for (const [i, part] of parts.entries()) accumulate(total, part, chunks[i]!.weight, i === 0);
      optimizer.step(total);
    },
  };
}
