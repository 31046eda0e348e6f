import type { EmbeddingVersion } from '@limaml/plugin';
import { summariseDrift, type Drift } from './embedding-drift.js';
import type { TallyState } from './embedding-tally.js';
import type { PreviousVersion } from './previous-vectors.js';

/** What a generation did, or would do. */
export interface GenerationFigures {
  /** Entities of the log. */
  readonly entities: number;
  /** Those that were adapted, or got the prior embedding. */
  readonly generated: number;
  /** Those without new interactions, whose vector of the version before was kept. */
  readonly carriedOver: number;
  /** Those that an earlier job had done already, which was resumed. */
  readonly resumed: number;
  /** Those that have no interactions: their vector is the prior embedding. */
  readonly onPrior: number;
  /** Those that have no vector in this version: scoring uses their prior. */
  readonly failed: { readonly count: number; readonly examples: readonly string[] };
  /** Vectors by entities of the log, or by vectors of the version before, whichever are more. */
  readonly coverage: number;
  /** Against the version before; absent where there is none of as many numbers. */
  readonly drift?: Drift;
  readonly seconds: number;
  /** Euclidean norms of the vectors that were stored. */
  readonly norms: { readonly min: number; readonly mean: number; readonly max: number };
}

/** What a generation did. */
export interface GenerationReport extends GenerationFigures {
  readonly version: EmbeddingVersion;
}

/** What a report is made of. */
export interface GenerationCounts {
  readonly entities: number;
  readonly resumed: number;
  readonly tally: TallyState;
  readonly previous: PreviousVersion;
}

/** The figures of a generation, all but the time it took. */
export function summariseGeneration({
  entities,
  resumed,
  tally,
  previous: { version, comparable, measurable },
}: GenerationCounts): Omit<GenerationFigures, 'seconds'> {
  const { stored, generated, carriedOver, onPrior, failed, norms } = tally;
  const drift =
    version && measurable
      ? { drift: summariseDrift(tally.drift, { version: version.version, comparable }) }
      : {};
  return {
    ...{ entities, generated, carriedOver, resumed, onPrior, failed },
    coverage: stored / Math.max(entities, version?.count ?? 0),
    ...drift,
    norms: { min: norms.min, mean: norms.sum / stored, max: norms.max },
  };
}
