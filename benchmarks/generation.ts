import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { powersOfTen } from './adaptation.ts';
import type { GenerationMeasurement } from './generation-work.ts';

/** What generating the embeddings of some entities took, end to end. */
export interface GenerationResult extends GenerationMeasurement {
  readonly entities: number;
  readonly entitiesPerSecond: number;
  /** Per second of processor time, all threads together: what other work on the machine changes least. */
  readonly entitiesPerProcessorSecond: number;
}

/** Entities up to which the fastest of several runs counts; more take long enough to be steady. */
const REPEATED = { entities: 100_000, runs: 3 };

/**
 * Generates the embeddings of ever more members of simulated marketplaces: from a Parquet file to a published
 * version of an LMDB store. Each run has a process of its own, whose peak memory is that of the run.
 *
 * @param limit entities of the largest marketplace
 */
export async function generationSuite(limit: number): Promise<readonly GenerationResult[]> {
  const folder = await mkdtemp(join(tmpdir(), 'limaml-generation-'));
  const results: GenerationResult[] = [];
  try {
    await work('bundle', folder);
    for (const entities of powersOfTen(limit)) results.push(await generate(folder, entities));
  } finally {
    await rm(folder, { recursive: true });
  }
  return results;
}

async function generate(folder: string, entities: number): Promise<GenerationResult> {
  await work('simulate', folder, String(entities));
  const runs = entities > REPEATED.entities ? 1 : REPEATED.runs;
  const measured: GenerationMeasurement[] = [];
  for (let run = 0; run < runs; run++)
    measured.push(JSON.parse(await work('generate', folder)) as GenerationMeasurement);
  const fastest = measured.reduce((best, next) => (next.seconds < best.seconds ? next : best));
  const processor = Math.min(...measured.map(({ processorSeconds }) => processorSeconds));
  return {
    ...fastest,
    ...{ entities, processorSeconds: processor },
    entitiesPerSecond: entities / fastest.seconds,
    entitiesPerProcessorSecond: entities / processor,
  };
}

/** @returns what the process printed */
async function work(...args: readonly string[]): Promise<string> {
  const script = fileURLToPath(new URL('generation-work.mjs', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...['--conditions=@limaml/source', script],
    ...args,
  ]);
  return stdout;
}
