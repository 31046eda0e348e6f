import type { BatchReport } from '@limaml/serving';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

const LATENCY_SECONDS = [
  0.0005, 0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10,
];
const SIZES = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096];

/** What a server counts, in the names and units of Prometheus. */
export class Metrics {
  readonly registry = new Registry();
  readonly #requests = this.#histogram(
    'limaml_request_duration_seconds',
    'Time from the first byte of a request to its answer',
    LATENCY_SECONDS,
    ['route', 'status'],
  );
  readonly #batchRequests = this.#histogram(
    'limaml_batch_requests',
    'Requests that were scored together',
    SIZES,
    ['bundle'],
  );
  readonly #batchCandidates = this.#histogram(
    'limaml_batch_candidates',
    'Candidates that were scored together',
    SIZES,
    ['bundle'],
  );
  readonly #batchSeconds = this.#histogram(
    'limaml_batch_duration_seconds',
    'Time to read the embeddings of a batch and to score it',
    LATENCY_SECONDS,
    ['bundle'],
  );
  readonly #scored = new Counter({
    name: 'limaml_scored_total',
    help: 'Requests scored, by variant and by whether the prior stood in for an embedding',
    labelNames: ['variant', 'prior'],
    registers: [this.registry],
  });
  readonly #serving = new Gauge({
    name: 'limaml_bundle_share',
    help: 'Share of the entities that a bundle serves',
    labelNames: ['bundle', 'fingerprint'],
    registers: [this.registry],
  });
  readonly #versions = new Gauge({
    name: 'limaml_store_version',
    help: 'Store version that the newest answer of a variant came from',
    labelNames: ['variant'],
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  request(route: string, status: number, seconds: number): void {
    this.#requests.observe({ route, status }, seconds);
  }

  batch(bundle: string, { requests, candidates, milliseconds }: BatchReport): void {
    this.#batchRequests.observe({ bundle }, requests);
    this.#batchCandidates.observe({ bundle }, candidates);
    this.#batchSeconds.observe({ bundle }, milliseconds / 1000);
  }

  scored(variant: string, prior: boolean, version: number | undefined): void {
    this.#scored.inc({ variant, prior: String(prior) });
    if (version !== undefined) this.#versions.set({ variant }, version);
  }

  /** @param shares share and fingerprint of each bundle that serves */
  serving(shares: readonly { bundle: string; fingerprint: string; share: number }[]): void {
    this.#serving.reset();
    for (const { share, ...labels } of shares) this.#serving.set(labels, share);
  }

  #histogram(name: string, help: string, buckets: number[], labelNames: string[]) {
    return new Histogram({ name, help, buckets, labelNames, registers: [this.registry] });
  }
}
