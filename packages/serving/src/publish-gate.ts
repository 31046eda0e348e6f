import { gateInvalid, publishRefused } from './generation/errors.js';
import type { GenerationFigures } from './generation-report.js';

/** Bounds of a version that may be published. Default of each: none. */
export interface PublishGate {
  /**
   * Least coverage: vectors of the new version by entities of the log or vectors of the version before,
   * whichever are more. 0 to 1.
   */
  readonly minCoverage?: number;
  /** Greatest share of the entities that failed. 0 to 1. */
  readonly maxFailedShare?: number;
  /** Greatest share of the entities on the prior embedding. 0 to 1. */
  readonly maxOnPriorShare?: number;
  /** Greatest mean cosine distance to the version before, where the same bundle made it. 0 to 2. */
  readonly maxDrift?: number;
}

const LIMITS: Readonly<Record<keyof PublishGate, number>> = {
  minCoverage: 1,
  maxFailedShare: 1,
  maxOnPriorShare: 1,
  maxDrift: 2,
};

/** @throws LIMAML_ERR_SERVING_GATE_INVALID */
export function assertGate(gate: PublishGate): void {
  for (const [bound, value] of Object.entries(gate) as [keyof PublishGate, unknown][]) {
    const limit = LIMITS[bound] as number | undefined;
    if (limit === undefined)
      throw gateInvalid(bound, value, `one of ${Object.keys(LIMITS).join(', ')}`);
    if (!(typeof value === 'number' && value >= 0 && value <= limit))
      throw gateInvalid(bound, value, `a number from 0 to ${limit}`);
  }
}

/** @throws LIMAML_ERR_SERVING_PUBLISH_REFUSED that names every figure outside its bound */
export function assertPublishable(
  entity: string,
  figures: GenerationFigures,
  { minCoverage = 0, maxFailedShare = 1, maxOnPriorShare = 1, maxDrift = 2 }: PublishGate,
): void {
  const { coverage, entities, failed, onPrior, drift } = figures;
  const distance = drift?.comparable ? drift.cosineDistance.mean : 0;
  const over = (figure: string, got: number, bound: number) =>
    got > bound ? [{ figure, got, bound: `over ${bound}` }] : [];
  const broken = [
    ...(coverage < minCoverage
      ? [{ figure: 'coverage', got: coverage, bound: `under ${minCoverage}` }]
      : []),
    ...over('failedShare', failed.count / entities, maxFailedShare),
    ...over('onPriorShare', onPrior / entities, maxOnPriorShare),
    ...over('drift', distance, maxDrift),
  ];
  if (broken.length > 0) throw publishRefused(entity, broken);
}
