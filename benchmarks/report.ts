import type { BigTableResult } from './big-tables.ts';
import type { GenerationResult } from './generation.ts';
import type { Machine } from './machine.ts';
import { table } from './markdown.ts';
import { OPENBLAS, OWN } from './peer-crew.ts';
import type { PeerComparison, PeersSuite, PeerTiming } from './peers.ts';
import type { ProviderComparison, ProvidersSuite } from './providers.ts';
import type { Timing } from './measure.ts';
import type { StoreResult } from './stores.ts';
import { freshnessSection } from './serving/freshness-section.ts';
import type { FreshnessResult } from './serving/freshness.ts';
import { servingSection } from './serving/serving-section.ts';
import type { ServingSuite } from './serving/serving.ts';
import { soakSection } from './serving/soak-section.ts';
import type { SoakResult } from './serving/soak.ts';
import type { AdaptationSuite, MetaStepSuite } from './suites.ts';
import type { WorkerScaling } from './worker-scaling.ts';

/** Everything that one run of the benchmarks measured. */
export interface Results {
  readonly machine: Machine;
  readonly threads: number;
  readonly rounds: number;
  readonly metaStep?: readonly MetaStepSuite[];
  readonly workers?: readonly WorkerScaling[];
  readonly adaptation?: readonly AdaptationSuite[];
  readonly generation?: readonly GenerationResult[];
  readonly bigTables?: readonly BigTableResult[];
  readonly stores?: readonly StoreResult[];
  readonly quantisedScore?: readonly Timing[];
  readonly peers?: PeersSuite;
  readonly providers?: ProvidersSuite;
  readonly serving?: ServingSuite;
  readonly soak?: SoakResult;
  readonly freshness?: readonly FreshnessResult[];
}

/** The results as a page of Markdown. */
export function toMarkdown({ machine, threads, rounds, ...suites }: Results): string {
  const versions = Object.entries(machine.versions).map(([name, version]) => `${name} ${version}`);
  return [
    '# Benchmark results',
    `${machine.date.slice(0, 10)} · ${machine.processor}, ${machine.cores} cores, ${machine.memoryGiB} GiB · ${machine.system}`,
    `${versions.join(' · ')} · threads: ${threads} · rounds: ${rounds} · load before the run: ${machine.load.toFixed(1)}`,
    ...(suites.metaStep ?? []).flatMap(metaStepSection),
    ...(suites.workers === undefined ? [] : [workersTable(suites.workers)]),
    ...(suites.adaptation ?? []).flatMap(adaptationSection),
    ...(suites.generation === undefined ? [] : [generationTable(suites.generation)]),
    ...(suites.bigTables === undefined ? [] : [bigTablesTable(suites.bigTables)]),
    ...(suites.stores === undefined ? [] : [storesTable(suites.stores)]),
    ...(suites.quantisedScore === undefined ? [] : [quantisedTable(suites.quantisedScore)]),
    ...(suites.peers === undefined ? [] : peersSection(suites.peers)),
    ...(suites.providers === undefined ? [] : providersSection(suites.providers)),
    ...(suites.serving === undefined ? [] : servingSection(suites.serving)),
    ...(suites.freshness === undefined ? [] : freshnessSection(suites.freshness)),
    ...(suites.soak === undefined ? [] : soakSection(suites.soak)),
  ].join('\n\n');
}

function metaStepSection({ peak, steps }: MetaStepSuite): string[] {
  const header = [
    'meta-step',
    'ms',
    'quartiles',
    'processor ms',
    'GFLOP',
    '% of peak',
    'plain GFLOP',
    '% of peak',
    'compile ms',
  ];
  const rows = steps.map((step) => [
    step.name,
    step.median.toFixed(2),
    `${step.lowQuartile.toFixed(2)}–${step.highQuartile.toFixed(2)}`,
    step.processor.toFixed(2),
    (step.flops / 1e9).toFixed(3),
    percent(step.shareOfPeak),
    (step.plainFlops / 1e9).toFixed(3),
    percent(step.plainShareOfPeak),
    step.compile.toFixed(0),
  ]);
  return [`sgemm peak: ${(peak / 1e9).toFixed(1)} GFLOP/s`, table(header, rows)];
}

function adaptationSection({ batches, scaling }: AdaptationSuite): string[] {
  const speed = batches.map(({ name, median, lowQuartile, highQuartile, entitiesPerSecond }) => [
    name,
    median.toFixed(3),
    `${lowQuartile.toFixed(3)}–${highQuartile.toFixed(3)}`,
    entitiesPerSecond.toFixed(0),
  ]);
  const growth = scaling.map(({ entities, microsecondsPerEntity, peakMiB }) => [
    String(entities),
    microsecondsPerEntity.toFixed(1),
    peakMiB.toFixed(0),
  ]);
  return [
    table(['adaptation', 'ms per batch', 'quartiles', 'entities per second'], speed),
    table(['entities', 'µs per entity', 'peak memory, MiB'], growth),
  ];
}

function workersTable(results: readonly WorkerScaling[]): string {
  const rows = results.map(({ name, workers, one, divided, ratio, bestRatio }) => [
    name,
    String(workers),
    one.median.toFixed(2),
    divided.median.toFixed(2),
    `${ratio.toFixed(2)}×`,
    `${bestRatio.toFixed(2)}×`,
  ]);
  const header = [
    'workers',
    '',
    'ms, one thread',
    'ms, workers',
    'work per second',
    'best quarter',
  ];
  return table(header, rows);
}

function bigTablesTable(results: readonly BigTableResult[]): string {
  const rows = results.map((result) => [
    result.optimiser,
    result.rows.toLocaleString('en'),
    result.stepMilliseconds.toFixed(2),
    result.hostMilliseconds.toFixed(2),
    result.tableMiB.toFixed(0),
    result.stateMiB.toFixed(0),
    result.otherMiB.toFixed(0),
  ]);
  const header = [
    'big tables',
    'rows',
    'ms',
    'of it host ms',
    'table MiB',
    'state MiB',
    'rest MiB',
  ];
  return table(header, rows);
}

function generationTable(results: readonly GenerationResult[]): string {
  const header = [
    'generation, entities',
    'interactions',
    's',
    'of these sorting',
    'entities per second',
    'processor s',
    'entities per processor second',
    'peak memory, MiB',
  ];
  const rows = results.map((result) => [
    String(result.entities),
    String(result.interactions),
    result.seconds.toFixed(2),
    result.sortSeconds.toFixed(2),
    result.entitiesPerSecond.toFixed(0),
    result.processorSeconds.toFixed(2),
    result.entitiesPerProcessorSecond.toFixed(0),
    result.peakMiB.toFixed(0),
  ]);
  return table(header, rows);
}

function storesTable(results: readonly StoreResult[]): string {
  const header = [
    'store of 32 numbers',
    'dtype',
    'entities',
    'bytes per entity',
    'written per second',
    'µs per entity read',
  ];
  const rows = results.map((result) => [
    result.store,
    result.dtype,
    String(result.entities),
    result.bytesPerEntity.toFixed(1),
    result.writesPerSecond.toFixed(0),
    result.readMicroseconds.toFixed(2),
  ]);
  return table(header, rows);
}

function quantisedTable(timings: readonly Timing[]): string {
  const rows = timings.map(({ name, median, lowQuartile, highQuartile, processor }) => [
    name,
    median.toFixed(3),
    `${lowQuartile.toFixed(3)}–${highQuartile.toFixed(3)}`,
    processor.toFixed(3),
  ]);
  return table(['scoring one request', 'ms', 'quartiles', 'processor ms'], rows);
}

function peersSection({ absent, ...suite }: PeersSuite): string[] {
  if (absent !== undefined) return ['## Peers', `No peers: ${absent}`];
  const versions = Object.entries(suite.versions).map(([name, version]) => `${name} ${version}`);
  const peaks = suite.peaks.map(({ peer, threads, flopsPerSecond }) => {
    return `${peer}, ${threadsOf(threads)}: ${(flopsPerSecond / 1e9).toFixed(1)} GFLOP/s`;
  });
  return [
    '## Peers',
    versions.join(' · '),
    `sgemm peaks: ${peaks.join(' · ')}`,
    ...suite.comparisons.flatMap((comparison) => comparisonSection(comparison, suite.peaks)),
    ...suite.failures.map((failure) => `Not measured: ${failure}`),
  ];
}

/** Ratios are between the best thread count of each side. */
function comparisonSection(comparison: PeerComparison, peaks: PeersSuite['peaks']): string[] {
  const { name, timings } = comparison;
  const best = (peer: string): number =>
    Math.min(...timings.filter((timing) => timing.peer === peer).map(({ median }) => median));
  const rows = timings.map((timing: PeerTiming) => [
    timing.peer,
    String(timing.threads),
    timing.median.toFixed(2),
    `${timing.lowQuartile.toFixed(2)}–${timing.highQuartile.toFixed(2)}`,
    timing.processor.toFixed(2),
    `${(best(timing.peer) / best(OWN)).toFixed(2)}×`,
  ]);
  const header = [name, 'threads', 'ms', 'quartiles', 'processor ms', `best over ${OWN}'s best`];
  return [table(header, rows), ...rooflineSentence(comparison, peaks), ...workersSentence(timings)];
}

/** What one thread reaches of the peak of OpenBLAS by one thread, in wall-clock time. */
function rooflineSentence(
  { timings, flops, plainFlops }: PeerComparison,
  peaks: PeersSuite['peaks'],
): string[] {
  const peak = peaks.find(({ peer, threads }) => peer === OPENBLAS && threads === 1);
  const one = timings.find(({ peer, threads }) => peer === OWN && threads === 1);
  if (peak === undefined || one === undefined) return [];
  const share = (work: number): string =>
    `${(work / 1e9).toFixed(2)} GFLOP, ${percent(work / (one.median * 1e-3) / peak.flopsPerSecond)} %`;
  const plain = plainFlops === undefined ? '' : `; as written down ${share(plainFlops)}`;
  return [`${OWN}, one thread, of the peak of OpenBLAS: products as run ${share(flops)}${plain}.`];
}

/** Two workers against one thread. */
function workersSentence(timings: readonly PeerTiming[]): string[] {
  const [one, several] = timings.filter(({ peer }) => peer === OWN);
  if (one === undefined || several === undefined) return [];
  const ratio = (one.median / several.median).toFixed(2);
  return [`${OWN}: ${several.threads} workers do ${ratio}× the work of one thread.`];
}

function providersSection({ comparisons, failures }: ProvidersSuite): string[] {
  return [
    '## Execution providers',
    ...comparisons.map(providerTable),
    ...failures.map((failure) => `Not measured: ${failure}`),
  ];
}

function providerTable({ name, timings }: ProviderComparison): string {
  const rows = timings.map((timing) => [
    timing.provider,
    timing.median.toFixed(2),
    `${timing.lowQuartile.toFixed(2)}–${timing.highQuartile.toFixed(2)}`,
    timing.compile.toFixed(0),
    timing.distance.toExponential(1),
  ]);
  return table([name, 'ms', 'quartiles', 'compile ms', 'distance'], rows);
}

function threadsOf(count: number): string {
  return count === 1 ? '1 thread' : `${count} threads`;
}

function percent(share: number): string {
  return (100 * share).toFixed(0);
}
