import { adaptProgram, type Algorithm, type Model, type ParameterValues } from '@limaml/core';
import { latestSupport, type EncodedLog, type Episode, type EpisodeLimits } from '@limaml/data';
import { bindDims, type Executor } from '@limaml/graph';
import { createHash } from 'node:crypto';
import { createBatchFeeder, type BatchFeeder } from '../training/batch-feeds.js';
import { usesSharedMemory } from '../training/memory.js';
import { createProgramRunner, type ProgramRunner } from '../training/program-runner.js';
import type { DerivedColumns } from '../training/training-setup.js';
import type { EmbeddingColumn } from './embedding-column.js';

/** One entity type whose embeddings rows read. */
export interface SnapshotView {
  readonly type: string;
  readonly model: Model;
  readonly algorithm: Algorithm;
  /** The log with the type's tasks, restricted to the interactions that embeddings may be made from. */
  readonly encoded: EncodedLog;
  readonly limits: EpisodeLimits;
  readonly column: EmbeddingColumn;
}

/** Embeddings of several types at several moments of a log. */
export interface Snapshots extends DerivedColumns {
  dispose(): Promise<void>;
}

/**
 * Makes what fills embedding columns from the weights, as a recurring job would: first the prior embeddings, then
 * moment by moment those of every entity, adapted to its newest interactions strictly before the moment. Since a
 * support row reads the embeddings of the other types as of its own time, moments are gone through in order and
 * everything depends on the weights alone. The inner loop is not differentiated through here.
 *
 * @param moments milliseconds since 1970, ascending
 */
export function createSnapshots(
  views: readonly SnapshotView[],
  moments: readonly number[],
  executor: Executor,
): Snapshots {
  const fillers = views.map((view) => createFiller(view, executor));
  let made: string | undefined;
  return {
    state: Object.fromEntries(
      views.map(({ type, column }) => [`snapshot/${type}`, tensorOf(column)]),
    ),
    async refresh(values) {
      const fingerprint = fingerprintOf(values);
      if (fingerprint === made) return;
      made = undefined;
      for (const filler of fillers) await filler.fillPriors(values);
      for (const [at, moment] of moments.entries()) {
        for (const filler of fillers) await filler.fillMoment(at + 1, moment, values);
      }
      made = fingerprint;
    },
    async dispose() {
      await Promise.all(fillers.map((filler) => filler.dispose()));
    },
  };
}

function tensorOf({ data, stride }: EmbeddingColumn): ParameterValues[string] {
  return { dtype: 'float32', shape: [data.length / stride, stride], data };
}

/** Tells weights apart, so that the same are not used twice. */
function fingerprintOf(values: ParameterValues): string {
  const hash = createHash('sha256');
  for (const { data } of Object.values(values)) {
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest('hex');
}

/** Fills the column of one type, block by block. */
interface Filler {
  fillPriors(values: ParameterValues): Promise<void>;
  fillMoment(block: number, moment: number, values: ParameterValues): Promise<void>;
  dispose(): Promise<void>;
}

function createFiller(view: SnapshotView, executor: Executor): Filler {
  const { encoded, limits, column, model, algorithm } = view;
  const { entities, data, stride } = column;
  const adapt = createAdapter(view, executor);
  const everyone = Array.from({ length: entities }, (_, task) => task);
  let last: readonly Episode[] = [];
  const supportAt = (moment: number): Episode[] =>
    latestSupport(encoded.tasks, everyone, limits, moment);
  return {
    async fillPriors(values) {
      last = supportAt(-Infinity);
      await adapt.run(last, 0, values);
    },
    async fillMoment(block, moment, values) {
      const size = entities * stride;
      data.copyWithin(block * size, (block - 1) * size, block * size);
      const now = supportAt(moment);
      const adapts = algorithm.innerSteps > 0 || Object.keys(model.inputs.rows).length > 0;
      const changed = adapts ? now.filter((episode, task) => isOther(episode, last[task]!)) : [];
      last = now;
      await adapt.run(changed, block * entities, values);
    },
    dispose: () => adapt.dispose(),
  };
}

function isOther(a: Episode, b: Episode): boolean {
  return a.supportStart !== b.supportStart || a.supportEnd !== b.supportEnd;
}

/** Tasks of a batch. */
const TASKS = 64;

/** Sizes of support sets that share a compiled program; the largest is that of the limits. */
const SIZES = [2, 8, 24];

/** Adapts tasks and puts their embeddings where they belong. */
interface Adapter {
  /** @param first entry of the column where task 0 belongs */
  run(episodes: readonly Episode[], first: number, values: ParameterValues): Promise<void>;
  dispose(): Promise<void>;
}

function createAdapter(view: SnapshotView, executor: Executor): Adapter {
  const { model, algorithm, encoded, limits, column } = view;
  const program = bindDims(adaptProgram(model, algorithm), { T: TASKS });
  const runner = createProgramRunner(executor, program, `adapt ${model.name}`);
  const sizes = [...SIZES.filter((size) => size < limits.maxSupport), limits.maxSupport];
  const shared = usesSharedMemory(executor);
  const feeders = new Map<number, BatchFeeder>();
  const feederOf = (support: number): BatchFeeder => {
    const made =
      feeders.get(support) ??
      createBatchFeeder(model, encoded, { tasks: TASKS, support, query: 0 }, shared);
    feeders.set(support, made);
    return made;
  };
  return {
    async run(episodes, first, values) {
      for (const [at, size] of sizes.entries()) {
        const group = episodes.filter((episode) => fits(episode, sizes[at - 1] ?? -1, size));
        for (let start = 0; start < group.length; start += TASKS) {
          const batch = group.slice(start, start + TASKS);
          const embeddings = await embed(runner, feederOf(size), batch, values);
          placeEmbeddings(embeddings, batch, first, column);
        }
      }
    },
    dispose: () => runner.dispose(),
  };
}

function fits({ supportStart, supportEnd }: Episode, above: number, size: number): boolean {
  const rows = supportEnd - supportStart;
  return rows > above && rows <= size;
}

async function embed(
  runner: ProgramRunner,
  feeder: BatchFeeder,
  episodes: readonly Episode[],
  values: ParameterValues,
): Promise<Float32Array> {
  const batch = feeder.assemble(episodes);
  const rows = feeder.gatherRows(batch, values);
  const { embedding } = await runner.run({ ...values, ...rows, ...batch.feeds });
  return embedding!.data as Float32Array;
}

function placeEmbeddings(
  embeddings: Float32Array,
  episodes: readonly Episode[],
  first: number,
  { data, stride }: EmbeddingColumn,
): void {
  episodes.forEach(({ task }, row) => {
    data.set(embeddings.subarray(row * stride, (row + 1) * stride), (first + task) * stride);
  });
}
