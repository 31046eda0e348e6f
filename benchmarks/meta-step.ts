import { adam, type Algorithm, maml, type ParameterValues, trainProgram } from '@limaml/core';
import {
  bindDims,
  countFlops,
  type Executor,
  optimize,
  type Program,
  type TensorData,
  type TensorMap,
} from '@limaml/graph';
import { drawBatch, drawParameters } from './batches.ts';
import { accumulate, chunksOf } from './task-chunks.ts';
import type { Contender } from './measure.ts';
import type { Workload } from './workloads.ts';

/** One way to compute a meta-step. */
export interface MetaStepCase {
  readonly workload: Workload;
  readonly innerSteps: number;
  readonly order: Algorithm['order'];
  readonly fastWeights: Algorithm['fastWeights'];
  /** Tasks that are computed at a time; their gradients are summed. Default: all. */
  readonly chunk?: number;
}

/** A meta-step to time, and the work in it. */
export interface MetaStep extends Contender {
  /** Floating-point operations of matrix products in the program that runs. */
  readonly flops: number;
  /** The same before any rewriting, with materialised fast weights: the step as one would write it down. */
  readonly plainFlops: number;
  /** Milliseconds from the model to a program that is ready to run. */
  readonly compile: number;
}

export function algorithmOf({ workload, innerSteps, order, fastWeights }: MetaStepCase): Algorithm {
  const { innerLearningRate } = workload;
  return maml({ innerSteps, order, fastWeights, innerLearningRate });
}

export function nameOf({ workload, chunk, ...step }: MetaStepCase): string {
  const form = step.fastWeights === 'auto' ? '' : `, ${step.fastWeights}`;
  const chunks = chunk === undefined ? '' : `, ${chunk} tasks at a time`;
  return `${workload.name}, K = ${step.innerSteps}, ${step.order} order${form}${chunks}`;
}

/** Forward, inner steps, all gradients and the outer Adam update, on one batch that is in memory. */
export async function metaStep(executor: Executor, step: MetaStepCase): Promise<MetaStep> {
  const { workload } = step;
  const algorithm = algorithmOf(step);
  const started = performance.now();
  const symbolic = trainProgram(workload.model, algorithm);
  const tasks = step.chunk ?? workload.sizes.T!;
  const program = bindDims(symbolic, { ...workload.sizes, T: tasks });
  const compiled = await executor.compile(program, { name: nameOf(step) });
  const compile = performance.now() - started;

  const parameters = drawParameters(workload, algorithm);
  const chunks = chunksOf(symbolic, drawBatch(symbolic, workload), tasks).map(
    ({ feeds, weight }) => ({ weight, feeds: { ...feeds, ...parameters } }),
  );
  const [total, part] = [gradientBuffers(parameters), gradientBuffers(parameters)];
  const optimizer = adam(parameters, { learningRate: 1e-4 });
  const outputs = outputBuffers(chunks.length === 1 ? total : part);
  return {
    name: nameOf(step),
    flops: countFlops(optimize(program)).matMul * chunks.length,
    plainFlops: countFlops(plainProgram(step)).matMul,
    compile,
    async run() {
      for (const [i, { feeds, weight }] of chunks.entries()) {
        await compiled.run(feeds, outputs);
        if (chunks.length > 1) accumulate(total, part, weight, i === 0);
      }
      optimizer.step(total);
    },
  };
}

/** The same as one would write it down, with a weight matrix per task. */
export function plainProgram(step: MetaStepCase): Program {
  return wholeProgram({ ...step, fastWeights: 'materialised' });
}

/** Loss and gradients of all tasks at once. */
export function wholeProgram(step: MetaStepCase): Program {
  return bindDims(trainProgram(step.workload.model, algorithmOf(step)), step.workload.sizes);
}

/** Memory for the gradients of parameters. */
export function gradientBuffers(parameters: ParameterValues): ParameterValues {
  const entries = Object.entries(parameters).map(([name, { dtype, shape, data }]) => {
    return [name, { dtype, shape, data: new Float32Array(data.length) }] as const;
  });
  return Object.fromEntries(entries);
}

/** The outputs of a training program, its gradients in this memory. */
export function outputBuffers(gradients: ParameterValues): TensorMap {
  const loss: TensorData = { dtype: 'float32', shape: [], data: new Float32Array(1) };
  const entries = Object.entries(gradients).map(([name, data]) => [`grad/${name}`, data] as const);
  return { loss, ...Object.fromEntries(entries) };
}
