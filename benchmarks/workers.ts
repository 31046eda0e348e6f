import { adam, type ParameterValues, trainProgram } from '@limaml/core';
import { bindDims, type Executor, type TensorData, type TensorMap } from '@limaml/graph';
import type { OrtExecutor } from '@limaml/backend-ort';
import { adaptationCase } from './adaptation.ts';
import { drawBatch, drawParameters } from './batches.ts';
import type { Contender } from './measure.ts';
import {
  algorithmOf,
  gradientBuffers,
  type MetaStepCase,
  nameOf,
  outputBuffers,
} from './meta-step.ts';
import { accumulate, chunksOf, partsOf } from './task-chunks.ts';
import type { Workload } from './workloads.ts';

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

/** Copies tensors to memory that workers see. */
function shared(tensors: TensorMap): TensorMap {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, tensor]) => [name, sharedTensor(tensor)]),
  );
}

function sharedTensor(tensor: TensorData): TensorData {
  const memory = new SharedArrayBuffer(tensor.data.byteLength);
  new Uint8Array(memory).set(bytesOf(tensor));
  if (tensor.dtype === 'float32') return { ...tensor, data: new Float32Array(memory) };
  if (tensor.dtype === 'int32') return { ...tensor, data: new Int32Array(memory) };
  throw new Error(`Batches have no tensors of type ${tensor.dtype}`);
}

function bytesOf({ data }: TensorData): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
