import type { Machine } from './machine.ts';
import type { AdaptationSuite, MetaStepSuite } from './suites.ts';

/** Everything that one run of the benchmarks measured. */
export interface Results {
  readonly machine: Machine;
  readonly threads: number;
  readonly rounds: number;
  readonly metaStep?: readonly MetaStepSuite[];
  readonly adaptation?: readonly AdaptationSuite[];
}

/** The results as a page of Markdown. */
export function toMarkdown({ machine, threads, rounds, ...suites }: Results): string {
  const versions = Object.entries(machine.versions).map(([name, version]) => `${name} ${version}`);
  return [
    '# Benchmark results',
    `${machine.date.slice(0, 10)} · ${machine.processor}, ${machine.cores} cores, ${machine.memoryGiB} GiB · ${machine.system}`,
    `${versions.join(' · ')} · threads: ${threads} · rounds: ${rounds} · load before the run: ${machine.load.toFixed(1)}`,
    ...(suites.metaStep ?? []).flatMap(metaStepSection),
    ...(suites.adaptation ?? []).flatMap(adaptationSection),
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

function percent(share: number): string {
  return (100 * share).toFixed(0);
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rule = header.map((_, column) => (column === 0 ? '---' : '--:'));
  return [line(header), line(rule), ...rows.map(line)].join('\n');
}
