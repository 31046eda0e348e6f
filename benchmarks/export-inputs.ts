import { encodeTensors } from '@limaml/core';
import type { Executor } from '@limaml/graph';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { drawBatch, drawParameters } from './batches.ts';
import { algorithmOf, type MetaStepCase, wholeProgram } from './meta-step.ts';
import { runOnce } from './run-once.ts';
import type { Workload } from './workloads.ts';

/**
 * Writes what other implementations need to compute the same meta-steps, as safetensors files: for each
 * case the parameters and the batch, `loss`, and the gradients `grad/<parameter>` to agree with.
 */
export async function exportInputs(
  executor: Executor,
  workloads: readonly Workload[],
  folder: string,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const workload of workloads) {
    for (const innerSteps of [1, 5]) {
      for (const order of ['first', 'second'] as const) {
        const file = join(folder, `${workload.name}-k${innerSteps}-${order}.safetensors`);
        const step = { workload, innerSteps, order, fastWeights: 'auto' } as const;
        await writeFile(file, await encodeCase(executor, step));
      }
    }
  }
}

async function encodeCase(executor: Executor, step: MetaStepCase): Promise<Uint8Array> {
  const { workload, innerSteps, order } = step;
  const algorithm = algorithmOf(step);
  const program = wholeProgram(step);
  const feeds = { ...drawParameters(workload, algorithm), ...drawBatch(program, workload) };
  const outputs = await runOnce(executor, program, feeds);
  const innerLearningRate = String(workload.innerLearningRate);
  return encodeTensors(
    { ...feeds, ...outputs },
    { workload: workload.name, innerSteps: String(innerSteps), order, innerLearningRate },
  );
}
