import type { GenerationFigures, GenerationReport } from '@limaml/serving';

/** What a generation did, for people. */
export function describeGeneration(
  report: GenerationFigures | GenerationReport,
  { store, deadLetters }: { readonly store: string; readonly deadLetters: string },
): string {
  const { entities, generated, carriedOver, resumed, onPrior, failed, norms } = report;
  const done = [
    `generated ${generated}`,
    ...(carriedOver > 0 ? [`kept ${carriedOver}`] : []),
    ...(resumed > 0 ? [`of these ${resumed} by a job before`] : []),
  ];
  return [
    titleOf(report, store),
    `  entities ${entities}: ${done.join(', ')}`,
    `  on prior ${onPrior} (${percent(onPrior / entities)}), coverage ${percent(report.coverage)}`,
    `  failed ${failed.count}${failed.count > 0 ? `, each in ${deadLetters}` : ''}`,
    `  norms ${norms.min.toFixed(3)} to ${norms.max.toFixed(3)}, mean ${norms.mean.toFixed(3)}`,
    ...driftOf(report),
  ].join('\n');
}

function titleOf(report: GenerationFigures | GenerationReport, store: string): string {
  if (!('version' in report)) return `Nothing was written to ${store}. A new version would have`;
  const { version, entity, dtype } = report.version;
  return `Version ${version} of ${entity} embeddings (${dtype}) is served from ${store}`;
}

function driftOf({ drift }: GenerationFigures): readonly string[] {
  if (!drift) return [];
  const { cosineDistance: distance, normChange } = drift;
  const quantiles = `median ${short(distance.p50)}, 90 % ${short(distance.p90)}, 99 % ${short(distance.p99)}`;
  return [
    `  drift against version ${drift.version}${drift.comparable ? '' : ', which another bundle made'}, of ${drift.entities}:`,
    `    cosine distance mean ${short(distance.mean)}, ${quantiles}, greatest ${short(distance.max)}`,
    `    change of norm mean ${short(normChange.mean)}, greatest ${short(normChange.max)}`,
  ];
}

function short(value: number): string {
  return value.toPrecision(3);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
