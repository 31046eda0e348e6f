import type { Acceptance, BatchReport, RefreshReport } from '@limaml/serving';
import type { Deployments } from './deployment/deployments.js';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

const LATENCY_SECONDS = [
  0.0005, 0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10,
];
const FRESHNESS_SECONDS = [
  0.002, 0.005, 0.01, 0.015, 0.02, 0.03, 0.04, 0.05, 0.075, 0.1, 0.25, 0.5, 1, 5, 30,
];
const DIFFERENCES = [0.0001, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1];
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
  readonly #scored = this.#counter(
    'limaml_scored_total',
    'Requests scored, by variant and by whether the prior stood in for an embedding',
    ['variant', 'prior'],
  );
  readonly #versions = new Gauge({
    name: 'limaml_store_version',
    help: 'Store version that the newest answer of a variant came from',
    labelNames: ['variant'],
    registers: [this.registry],
  });

  readonly #accepted = this.#counter(
    'limaml_events_total',
    'Events taken: accepted ones are new, repeated ones had come before',
    ['outcome'],
  );
  readonly #freshness = this.#histogram(
    'limaml_freshness_seconds',
    'Time from the acceptance of an event to the vector that is served',
    FRESHNESS_SECONDS,
    [],
  );
  readonly #refreshed = this.#histogram(
    'limaml_refresh_entities',
    'Entities that were adapted together',
    SIZES,
    [],
  );
  readonly #refreshFailed = this.#counter(
    'limaml_refresh_failed_total',
    'Entities whose embedding was not finite, and runs that must be tried again',
    ['reason'],
  );
  readonly #refused = this.#counter('limaml_refused_total', 'Requests refused, by reason', [
    'reason',
  ]);
  readonly #shadowed = this.#histogram(
    'limaml_shadow_difference',
    'Mean distance between the scores of an answer and those of the shadow bundle',
    DIFFERENCES,
    ['bundle'],
  );
  readonly #shadowFailed = this.#counter(
    'limaml_shadow_failed_total',
    'Requests that the shadow bundle failed to score',
    ['bundle'],
  );

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

  accepted({ accepted, repeated }: Acceptance): void {
    this.#accepted.inc({ outcome: 'accepted' }, accepted);
    this.#accepted.inc({ outcome: 'repeated' }, repeated);
  }

  refreshed({ entities, failed, freshness }: RefreshReport): void {
    this.#refreshed.observe(entities);
    this.#refreshFailed.inc({ reason: 'not-finite' }, failed);
    for (const milliseconds of freshness) this.#freshness.observe(milliseconds / 1000);
  }

  refreshFailed(): void {
    this.#refreshFailed.inc({ reason: 'error' });
  }

  refused(reason: string): void {
    this.#refused.inc({ reason });
  }

  shadowed(bundle: string, difference: number): void {
    this.#shadowed.observe({ bundle }, difference);
  }

  shadowFailed(bundle: string): void {
    this.#shadowFailed.inc({ bundle });
  }

  /** Shows a number that is read when it is asked for. */
  watch(name: string, help: string, read: () => number): void {
    const gauge: Gauge = new Gauge({
      ...{ name, help, registers: [this.registry] },
      collect: () => {
        gauge.set(read());
      },
    });
  }

  /** Shows which bundles serve what share of the entities. */
  watchDeployments(deployments: Deployments): void {
    const gauge = new Gauge<'bundle' | 'fingerprint'>({
      name: 'limaml_bundle_share',
      help: 'Share of the entities that a bundle serves; 0 for the shadow',
      labelNames: ['bundle', 'fingerprint'],
      registers: [this.registry],
      collect: () => {
        gauge.reset();
        const { current } = deployments;
        for (const { name, bundle } of current.everyGeneration) {
          const { fingerprint } = bundle.manifest;
          gauge.set({ bundle: name, fingerprint }, current.shareOf(name));
        }
      },
    });
  }

  #histogram(name: string, help: string, buckets: number[], labelNames: string[]) {
    return new Histogram({ name, help, buckets, labelNames, registers: [this.registry] });
  }

  #counter(name: string, help: string, labelNames: string[]) {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }
}
