import { normOf, rowOf } from './embedding-batch.js';
import { createDriftMeter, NO_DRIFT, type DriftState } from './embedding-drift.js';

/** What came of the embeddings of a generation so far; plain JSON, kept with what is staged. */
export interface TallyState {
  readonly stored: number;
  readonly generated: number;
  readonly carriedOver: number;
  readonly onPrior: number;
  readonly failed: { readonly count: number; readonly examples: readonly string[] };
  readonly norms: { readonly min: number; readonly sum: number; readonly max: number };
  /** Moment of the newest interaction. */
  readonly through: number | null;
  readonly drift: DriftState;
}

export const NOTHING_YET: TallyState = {
  stored: 0,
  generated: 0,
  carriedOver: 0,
  onPrior: 0,
  failed: { count: 0, examples: [] },
  norms: { min: Number.MAX_VALUE, sum: 0, max: 0 },
  through: null,
  drift: NO_DRIFT,
};

/** The embeddings of a block and what is known of them, row by row. */
export interface TalliedBlock {
  readonly ids: readonly string[];
  readonly vectors: Float32Array;
  /** What the runtime threw at single tasks, by row. */
  readonly failures: ReadonlyMap<number, unknown>;
  /** Whether the vector was kept from the version before. */
  readonly carriedOver: (row: number) => boolean;
  /** The vector of the version before, where there is one. */
  readonly before: (row: number) => Float32Array | undefined;
  /** Rows of the support set. */
  readonly sizes: Int32Array;
  /** Moment of the newest interaction of the block. */
  readonly through: number | undefined;
}

/** Counts embeddings, and separates those that can be stored from those that cannot. */
export interface EmbeddingTally {
  /** @returns rows of the vectors that are finite, and of those that are not */
  add(block: TalliedBlock): { readonly good: number[]; readonly bad: number[] };
  /** Takes vectors back that the store refused. */
  refuse(ids: readonly string[]): void;
  state(): TallyState;
}

/** Failed ids that a report names. */
const MAX_EXAMPLES = 20;

/**
 * @param dim D, numbers of an embedding
 * @param start what an interrupted generation had counted
 */
export function createTally(dim: number, start: TallyState): EmbeddingTally {
  const meter = createDriftMeter(start.drift);
  const norms = { ...start.norms };
  let { stored, generated, carriedOver, onPrior, failed, through } = start;
  const fail = (ids: readonly string[]): void => {
    const examples = [...failed.examples, ...ids].slice(0, MAX_EXAMPLES);
    failed = { count: failed.count + ids.length, examples };
  };
  const keep = (block: TalliedBlock, row: number, norm: number): void => {
    stored++;
    norms.sum += norm;
    [norms.min, norms.max] = [Math.min(norms.min, norm), Math.max(norms.max, norm)];
    const before = block.carriedOver(row) ? undefined : block.before(row);
    if (before) meter.add(before, rowOf(block.vectors, row, dim));
  };
  return {
    add(block) {
      const [good, bad]: [number[], number[]] = [[], []];
      for (const row of block.ids.keys()) {
        const norm = normOf(rowOf(block.vectors, row, dim));
        if (block.carriedOver(row)) carriedOver++;
        else generated++;
        if (block.sizes[row] === 0) onPrior++;
        if (Number.isFinite(norm)) keep(block, row, norm);
        (Number.isFinite(norm) ? good : bad).push(row);
      }
      if (block.through !== undefined) through = Math.max(through ?? -Infinity, block.through);
      fail(bad.map((row) => block.ids[row]!));
      return { good, bad };
    },
    refuse(ids) {
      stored -= ids.length;
      fail(ids);
    },
    state: () => ({
      ...{ stored, generated, carriedOver, onPrior, failed, norms, through },
      drift: meter.state(),
    }),
  };
}
