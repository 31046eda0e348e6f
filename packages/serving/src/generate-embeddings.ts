import { fingerprintOf } from '@limaml/data';
import type { MetaEmbeddingStore, VersionWriter } from '@limaml/plugin';
import { openDeadLetters } from './dead-letters.js';
import { NOTHING_YET, type EmbeddingTally } from './embedding-tally.js';
import { nothingGenerated } from './generation/errors.js';
import { runJob, type Job } from './generation-job.js';
import {
  summariseGeneration,
  type GenerationFigures,
  type GenerationReport,
} from './generation-report.js';
import { measureLog, type LogInParts, type WholeLog } from './log-blocks.js';
import type { Bundle } from './open-bundle.js';
import { findPrevious, momentOf } from './previous-vectors.js';
import { assertGate, assertPublishable, type PublishGate } from './publish-gate.js';
import { parseMarker } from './staging.js';
import { LIMAML_VERSION } from './version.js';

/** What {@link generateEmbeddings} works on: a bundle, a store, and a log, whole or in parts. */
export type GenerateOptions = (WholeLog | LogInParts) & {
  readonly bundle: Bundle;
  readonly store: MetaEmbeddingStore;
  /**
   * Generate only entities with an interaction after this moment, in milliseconds since 1970, or with
   * `'previous'` after the newest one that the version before knows, and entities that the version before lacks.
   * The others keep their vector, so the new version is complete. The log must hold all interactions all the
   * same. What arrived late, with an earlier timestamp, is not seen. Default: generate all.
   */
  readonly since?: number | 'previous';
  /**
   * Go on where an earlier job stopped that was killed or aborted, if it had the same bundle and options and a
   * log of as many entities and interactions; begin anew otherwise. Default false: begin anew.
   */
  readonly resume?: boolean;
  /** File for the entities that get no vector, one JSON object (a `DeadLetter`) per line. Default: none. */
  readonly deadLetters?: string;
  /** Bounds that the new version must keep to be published. Default: none. */
  readonly gate?: PublishGate;
  /** Told after every batch. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
  /** Stops before the next batch; the version that was served before stays, and the job can be resumed. */
  readonly signal?: AbortSignal;
};

/**
 * Generates the meta embedding of every entity of a log and publishes them as a new version of the
 * store: `e_i = f_meta(θ'_i; x_i)`, θ' from the inner loop on the entity's newest interactions. They are kept in
 * the dtype that the manifest names.
 *
 * Works block by block, in as many worker threads as the bundle's runtime has: the next part of the log is
 * read and the vectors before are written meanwhile. Memory does not grow with the entities of a log in
 * parts. Until the end, and after any failure, the store serves the version before.
 *
 * @throws LIMAML_ERR_SERVING_GENERATION_ABORTED when `signal` aborts, LIMAML_ERR_SERVING_NOTHING_GENERATED
 *   when every entity failed, LIMAML_ERR_SERVING_PUBLISH_REFUSED when the version is outside the gate,
 *   LIMAML_ERR_SERVING_GATE_INVALID, LIMAML_ERR_SERVING_INCREMENTAL_REFUSED when no vectors can be kept,
 *   LIMAML_ERR_SERVING_CURRENT_MOVED, LIMAML_ERR_SERVING_DEAD_LETTERS, LIMAML_ERR_SERVING_ENTITY_MISMATCH,
 *   LIMAML_ERR_SERVING_PARTS_ENTITY; what reading a part throws
 *
 * @example
 * ```ts
 * const report = await generateEmbeddings({ bundle, log, tasks, store, gate: { minCoverage: 0.99 } });
 * console.log(`${report.entities} entities, ${report.onPrior} on prior, ${report.failed.count} failed`);
 * ```
 */
export async function generateEmbeddings(options: GenerateOptions): Promise<GenerationReport> {
  const startedAt = performance.now();
  const plan = await planJob(options);
  const { writer, start } = await beginStaging(options, plan.identity);
  const deadLetters = await openDeadLetters(options.deadLetters, start.deadLetters);
  const job = { ...plan, options, writer, start, deadLetters };
  const tally = await runJob(job);
  const figures = await droppingOnRefusal(writer, () => judge(job, tally, startedAt));
  const { through } = tally.state();
  const version = await writer.publish(through === null ? {} : { through });
  return { version, ...figures };
}

/**
 * Does everything that {@link generateEmbeddings} does, the gate included, but writes nothing to the store: what
 * would a new version look like?
 *
 * @throws what {@link generateEmbeddings} throws
 *
 * @example
 * ```ts
 * const { coverage, drift } = await rehearseGeneration({ bundle, log, tasks, store });
 * console.log(coverage, drift?.cosineDistance.p99);
 * ```
 */
export async function rehearseGeneration(options: GenerateOptions): Promise<GenerationFigures> {
  const startedAt = performance.now();
  const plan = await planJob(options);
  const deadLetters = await openDeadLetters(options.deadLetters, 0);
  const job = { ...plan, options, deadLetters, writer: undefined, start: beginning(plan.identity) };
  return judge(job, await runJob(job), startedAt);
}

/** What is to be done, and what tells this job from others. */
async function planJob(options: GenerateOptions) {
  const { bundle, store, gate = {} } = options;
  assertGate(gate);
  const size = measureLog(bundle, options);
  const previous = await findPrevious(store, bundle.manifest);
  const since = momentOf(options.since, previous, bundle.manifest.entity);
  const identity = fingerprintOf({
    ...{ limaml: LIMAML_VERSION, bundle: bundle.manifest.fingerprint, ...size },
    ...{ since: since ?? null, previous: previous.version?.version ?? null },
  });
  return { entities: size.entities, previous, since, identity };
}

function beginning(job: string): Job['start'] {
  return { job, done: 0, deadLetters: 0, tally: NOTHING_YET };
}

async function beginStaging(
  { bundle, store, resume = false }: GenerateOptions,
  identity: string,
): Promise<{ readonly writer: VersionWriter; readonly start: Job['start'] }> {
  const { entity, embedding, fingerprint } = bundle.manifest;
  const version = { entity, bundle: fingerprint, ...embedding };
  const writer = await store.begin({ ...version, resume });
  const start = parseMarker(writer.marker, identity);
  if (start) return { writer, start };
  // What a job staged that went another way, or died before its first marker, is dropped.
  const fresh = resume ? await store.begin(version) : writer;
  return { writer: fresh, start: beginning(identity) };
}

/** @throws LIMAML_ERR_SERVING_NOTHING_GENERATED, LIMAML_ERR_SERVING_PUBLISH_REFUSED */
function judge(job: Job, tally: EmbeddingTally, startedAt: number): GenerationFigures {
  const { entities, previous, start, options } = job;
  const state = tally.state();
  if (state.stored === 0) throw nothingGenerated(entities);
  const counted = summariseGeneration({ entities, resumed: start.done, tally: state, previous });
  const figures = { ...counted, seconds: (performance.now() - startedAt) / 1000 };
  assertPublishable(options.bundle.manifest.entity, figures, options.gate ?? {});
  return figures;
}

/** A version that is complete and bad is of no use to anybody: nothing of it is left to be resumed. */
async function droppingOnRefusal<Result>(
  writer: VersionWriter,
  work: () => Result,
): Promise<Result> {
  try {
    return work();
  } catch (error) {
    await writer.abort();
    throw error;
  }
}
