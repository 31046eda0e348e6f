import { adaptProgram, encodeTensors, maml } from '@limaml/core';
import { bindDims } from '@limaml/graph';
import type { OrtExecutor } from '@limaml/backend-ort';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { adaptation } from './adaptation.ts';
import { drawBatch, drawParameters } from './batches.ts';
import { exportInputs } from './export-inputs.ts';
import type { Contender } from './measure.ts';
import { metaStep } from './meta-step.ts';
import { dividedAdaptation, dividedMetaStep } from './workers.ts';
import type { Workload } from './workloads.ts';

/** Entities of a batch that is adapted. */
const ENTITIES = 256;

/** Executors of this library's side: one thread, and as many workers as the peers have threads. */
export interface OwnExecutors {
  readonly single: OrtExecutor;
  readonly pool: OrtExecutor;
}

/** What peers and this library compute in turns. */
export interface PeerCase {
  readonly name: string;
  /** The exported case. */
  readonly file: string;
  /** This library's contenders: by one thread, by workers. */
  own(executors: OwnExecutors): Promise<readonly [Contender, Contender]>;
}

/** Exports the cases of workloads to a folder. */
export async function peerCases(
  executor: OrtExecutor,
  workloads: readonly Workload[],
  folder: string,
): Promise<readonly PeerCase[]> {
  await exportInputs(executor, workloads, folder);
  const cases: PeerCase[] = [];
  for (const workload of workloads) {
    for (const order of ['second', 'first'] as const)
      for (const innerSteps of [5, 1]) cases.push(stepCase(workload, innerSteps, order, folder));
    for (const innerSteps of [5, 1])
      cases.push(await adaptationCase(executor, workload, innerSteps, folder));
  }
  return cases;
}

function stepCase(
  workload: Workload,
  innerSteps: number,
  order: 'first' | 'second',
  folder: string,
): PeerCase {
  const { chunk } = workload;
  const chunks = chunk === undefined ? {} : { chunk };
  const step = { workload, innerSteps, order, fastWeights: 'auto', ...chunks } as const;
  return {
    name: `${workload.name} meta-step, K = ${innerSteps}, ${order} order`,
    file: join(folder, `${workload.name}-k${innerSteps}-${order}.safetensors`),
    own: ({ single, pool }) =>
      Promise.all([metaStep(single, step), dividedMetaStep(pool, step)] as const),
  };
}

async function adaptationCase(
  executor: OrtExecutor,
  workload: Workload,
  innerSteps: number,
  folder: string,
): Promise<PeerCase> {
  const file = join(folder, `${workload.name}-k${innerSteps}-adaptation.safetensors`);
  await writeFile(file, await encodeAdaptation(executor, workload, innerSteps));
  const args = [workload, innerSteps, ENTITIES] as const;
  return {
    name: `${workload.name} adaptation of ${ENTITIES} entities, K = ${innerSteps}`,
    file,
    own: ({ single, pool }) =>
      Promise.all([adaptation(single, ...args), dividedAdaptation(pool, ...args)] as const),
  };
}

/** Parameters, support sets and the meta embeddings to agree with. */
async function encodeAdaptation(
  executor: OrtExecutor,
  workload: Workload,
  innerSteps: number,
): Promise<Uint8Array> {
  const batch = { ...workload, sizes: { ...workload.sizes, T: ENTITIES } };
  const algorithm = maml({ innerSteps, innerLearningRate: workload.innerLearningRate });
  const program = bindDims(adaptProgram(workload.model, algorithm), batch.sizes);
  const compiled = await executor.compile(program, { name: 'expected' });
  const feeds = { ...drawBatch(program, batch), ...drawParameters(batch, algorithm) };
  const used = Object.keys(program.inputs).map((name) => [name, feeds[name]!] as const);
  const outputs = await compiled.run(Object.fromEntries(used));
  await compiled.dispose();
  const innerLearningRate = String(workload.innerLearningRate);
  const metadata = { workload: workload.name, innerSteps: String(innerSteps), innerLearningRate };
  return encodeTensors({ ...feeds, ...outputs }, metadata);
}
