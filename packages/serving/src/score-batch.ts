import type { MetaEmbeddingStore } from '@limaml/plugin';
import { createCandidateIndex } from './candidate-index.js';
import { readVectors } from './entity-vectors.js';
import type { Bundle } from './open-bundle.js';
import { ScoreFeeds, type CandidateRange, type RowScores } from './score-feeds.js';
import type { ScoreRequest, Scores } from './score-request.js';

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
  const free: ScoreFeeds[] = [];
  const { dim } = bundle.manifest.embedding;
  return async (requests) => {
    const began = performance.now();
    const { vectors, version, prior } = await readVectors(bundle, store, requests);
    const scores = requests.map(({ candidates: { length } }, at) => ({
      ...{ version, prior: prior[at]! },
      ...{ logits: new Float32Array(length), probabilities: new Float32Array(length) },
    }));
    const feeds = free.pop() ?? new ScoreFeeds(bundle, index);
    for (const run of runsOf(requests, vectors, dim, maxRows))
      scatter(await feeds.run(run), run, scores);
    free.push(feeds);
    onBatch?.(reportOf(requests, began));
    return scores;
  };
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
  for (const [at, request] of requests.entries()) {
    const embedding = vectors.subarray(at * dim, (at + 1) * dim);
    for (let start = 0; start < request.candidates.length;) {
      const end = Math.min(request.candidates.length, start + room);
      run.push({ at, request, embedding, start, end });
      room -= end - start;
      start = end;
      if (room > 0) continue;
      yield run;
      run = [];
      room = maxRows;
    }
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
