import { encodeTensors } from '@limaml/core';
import type { Executor, Program } from '@limaml/graph';
import type { OrtExecutor } from '@limaml/backend-ort';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { adaptationCase, adaptationInRuns } from './adaptation.ts';
import { exportInputs } from './export-inputs.ts';
import type { Contender } from './measure.ts';
import { metaStep, plainProgram, wholeProgram } from './meta-step.ts';
import { dividedMetaStep } from './workers.ts';
import { runOnce } from './run-once.ts';
import type { Workload } from './workloads.ts';

/** Entities of a batch that is adapted. */
const ENTITIES = 256;

/** What peers and this library compute in turns. */
export interface PeerCase {
  readonly name: string;
  /** The exported case: what is fed, and the results to agree with. */
  readonly file: string;
  readonly program: Program;
  /** A meta-step as one would write it down, before anything is rewritten. */
  readonly plain?: Program;
  /** Computed by one executor. */
  by(executor: Executor): Promise<Contender>;
  /** Divided among the workers of one. */
  divided(executor: OrtExecutor): Promise<Contender>;
}

/** Exports the cases of workloads to a folder. */
export async function peerCases(
  executor: Executor,
  workloads: readonly Workload[],
  folder: string,
): Promise<readonly PeerCase[]> {
  await exportInputs(executor, workloads, folder);
  const cases: PeerCase[] = [];
  for (const workload of workloads) {
    for (const order of ['second', 'first'] as const)
      for (const innerSteps of [5, 1])
        cases.push(stepPeerCase(workload, innerSteps, order, folder));
    for (const innerSteps of [5, 1])
      cases.push(await adaptationPeerCase(executor, workload, innerSteps, folder));
  }
  return cases;
}

function stepPeerCase(
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
    program: wholeProgram(step),
    plain: plainProgram(step),
    by: (executor) => metaStep(executor, step),
    divided: (executor) => dividedMetaStep(executor, step),
  };
}

async function adaptationPeerCase(
  executor: Executor,
  workload: Workload,
  innerSteps: number,
  folder: string,
): Promise<PeerCase> {
  const file = join(folder, `${workload.name}-k${innerSteps}-adaptation.safetensors`);
  const args = [workload, innerSteps, ENTITIES] as const;
  await writeFile(file, await encodeAdaptation(executor, ...args));
  return {
    name: `${workload.name} adaptation of ${ENTITIES} entities, K = ${innerSteps}`,
    file,
    program: adaptationCase(...args).program,
    by: (other) => adaptationInRuns(other, ...args),
    divided: (other) => adaptationInRuns(other, ...args),
  };
}

/** Parameters, support sets and the meta embeddings to agree with. */
async function encodeAdaptation(
  executor: Executor,
  workload: Workload,
  innerSteps: number,
  entities: number,
): Promise<Uint8Array> {
  const { program, feeds } = adaptationCase(workload, innerSteps, entities);
  const outputs = await runOnce(executor, program, feeds);
  const innerLearningRate = String(workload.innerLearningRate);
  const metadata = { workload: workload.name, innerSteps: String(innerSteps), innerLearningRate };
  return encodeTensors({ ...feeds, ...outputs }, metadata);
}
