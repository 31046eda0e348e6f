import type { MetaEmbeddingStore } from '@limaml/plugin';
import { createCandidateIndex } from './candidate-index.js';
import { readVectors } from './entity-vectors.js';
import type { Bundle } from './open-bundle.js';
import { createOtherReader, type OtherEmbeddings, type OtherRow } from './other-embeddings.js';
import { ScoreFeeds, type CandidateRange, type RowScores } from './score-feeds.js';
import type { OtherOrigin, ScoreRequest, Scores } from './score-request.js';

/** What a batch was, for metrics. */
export interface BatchReport {
  readonly requests: number;
  readonly candidates: number;
  readonly milliseconds: number;
}

/** Options of {@link createBatchScorer}. */
export interface BatchScorerOptions {
  readonly bundle: Bundle;
  readonly store: MetaEmbeddingStore;
  /** Candidates of one run of score.onnx, at most. */
  readonly maxRows: number;
  readonly onBatch?: ((report: BatchReport) => void) | undefined;
}

/** Scores requests together: embeddings of one store version, candidates of all in the same runs. */
export type BatchScorer = (requests: readonly ScoreRequest[]) => Promise<readonly Scores[]>;

export function createBatchScorer(options: BatchScorerOptions): BatchScorer {
  const { bundle, store, maxRows, onBatch } = options;
  const index = createCandidateIndex(bundle);
  const readOthers = createOtherReader(bundle, store, index);
  const joint = Object.keys(bundle.others).length > 0;
  const free: ScoreFeeds[] = [];
  const { dim } = bundle.manifest.embedding;
  return async (requests) => {
    const began = performance.now();
    const { vectors, version, prior } = await readVectors(bundle, store, requests);
    const others = joint ? await readOthers(rowsOf(requests)) : [];
    const origins = originsOf(requests, others);
    const scores = requests.map(({ candidates: { length } }, at) => ({
      ...{ version, prior: prior[at]!, others: origins[at] ?? NO_OTHERS },
      ...{ logits: new Float32Array(length), probabilities: new Float32Array(length) },
    }));
    const feeds = free.pop() ?? new ScoreFeeds(bundle, index);
    for (const run of runsOf(requests, vectors, dim, maxRows))
      scatter(await feeds.run(run, others), run, scores);
    free.push(feeds);
    onBatch?.(reportOf(requests, began));
    return scores;
  };
}

const NO_OTHERS = {};

function rowsOf(requests: readonly ScoreRequest[]): OtherRow[] {
  return requests.flatMap(({ candidates, others }) =>
    candidates.map((candidate) => ({ candidate, others })),
  );
}

/** By request, where the embeddings of each other type came from; nothing of a model of one type. */
function originsOf(
  requests: readonly ScoreRequest[],
  others: readonly OtherEmbeddings[],
): readonly Readonly<Record<string, OtherOrigin>>[] {
  if (others.length === 0) return [];
  let first = 0;
  return requests.map(({ candidates: { length } }) => {
    const [start, end] = [first, (first += length)];
    const origins = others.map(({ type, version, prior, entryOf }) => {
      const priors = entryOf.subarray(start, end).filter((entry) => prior[entry]).length;
      return [type, { version, priors }] as const;
    });
    return Object.fromEntries(origins);
  });
}

/** A range, and which request it is of. */
interface IndexedRange extends CandidateRange {
  readonly at: number;
}

/** Cuts requests into runs of at most `maxRows` candidates. */
function* runsOf(
  requests: readonly ScoreRequest[],
  vectors: Float32Array,
  dim: number,
  maxRows: number,
): Generator<readonly IndexedRange[]> {
  let run: IndexedRange[] = [];
  let room = maxRows;
  let first = 0;
  for (const [at, request] of requests.entries()) {
    const embedding = vectors.subarray(at * dim, (at + 1) * dim);
    for (let start = 0; start < request.candidates.length;) {
      const end = Math.min(request.candidates.length, start + room);
      run.push({ at, request, embedding, start, end, first: first + start });
      room -= end - start;
      start = end;
      if (room > 0) continue;
      yield run;
      run = [];
      room = maxRows;
    }
    first += request.candidates.length;
  }
  if (run.length > 0) yield run;
}

function scatter(
  { logits, probabilities }: RowScores,
  run: readonly IndexedRange[],
  scores: readonly Scores[],
): void {
  let row = 0;
  for (const { at, start, end } of run) {
    const next = row + end - start;
    scores[at]!.logits.set(logits.subarray(row, next), start);
    scores[at]!.probabilities.set(probabilities.subarray(row, next), start);
    row = next;
  }
}

function reportOf(requests: readonly ScoreRequest[], began: number): BatchReport {
  return {
    requests: requests.length,
    candidates: requests.reduce((sum, { candidates }) => sum + candidates.length, 0),
    milliseconds: performance.now() - began,
  };
}
