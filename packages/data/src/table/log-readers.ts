import type { DuckDBConnection } from '@duckdb/node-api';
import type {
  EntityTable,
  FeatureDeclaration,
  InteractionLog,
  ReadReport,
  Table,
} from '@limaml/plugin';
import { featureReader, labelReader, probabilityReader, timestampReader } from './column-reader.js';
import type { ColumnReader, FeatureReader, IdReader, NumberReader } from './column-reader.js';
import type { ReadOptions } from './read-rows.js';
import type { TableSource } from './source.js';
import type { TableSpec } from './spec.js';

/** What reading the files of a spec takes. */
export interface Reading {
  readonly connection: DuckDBConnection;
  readonly folder: string;
  readonly spec: TableSpec;
  readonly signal: AbortSignal | undefined;
}

/** Readers of the columns of an interaction file. */
export interface InteractionReaders {
  readonly refs: Readonly<Record<string, IdReader>>;
  readonly timestamp: NumberReader<Float64Array>;
  readonly label: NumberReader<Float32Array>;
  readonly context: ReadonlyMap<string, FeatureReader>;
  readonly outcomes: ReadonlyMap<string, FeatureReader>;
  readonly probability: NumberReader<Float32Array> | undefined;
}

/** @param refReader makes the reader of the ids of an entity type, which stand in `column` */
export function interactionReaders(
  source: TableSource,
  spec: TableSpec,
  refReader: (type: string, column: string) => IdReader,
): InteractionReaders {
  const { entities, context = [], outcomes = [], trueProbability } = spec;
  return {
    refs: Object.fromEntries(
      Object.entries(entities).map(([type, { column }]) => [type, refReader(type, column)]),
    ),
    timestamp: timestampReader(source, spec.timestamp),
    label: labelReader(source, spec.label),
    context: featureReaders(source, context, spec),
    outcomes: featureReaders(source, outcomes, spec),
    probability: trueProbability ? probabilityReader(source, trueProbability) : undefined,
  };
}

/** The readers in the order in which they are asked: references, the timestamp, and the rest. */
export function listReaders(readers: InteractionReaders): readonly ColumnReader[] {
  return [
    ...Object.values(readers.refs),
    readers.timestamp,
    readers.label,
    ...readers.context.values(),
    ...readers.outcomes.values(),
    ...(readers.probability ? [readers.probability] : []),
  ];
}

/** The log of what the readers have kept. */
export function takeLog(
  spec: TableSpec,
  readers: InteractionReaders,
  entities: InteractionLog['entities'],
  report: ReadReport,
): InteractionLog {
  const rows = report.rowsKept;
  return {
    name: spec.name,
    rows,
    timestamp: readers.timestamp.take(),
    label: readers.label.take(),
    refs: mapRecord(readers.refs, (reader) => reader.take()),
    entities,
    candidate: spec.candidate,
    context: { rows, columns: takeColumns(readers.context) },
    contextFeatures: spec.context ?? [],
    outcomes: { rows, columns: takeColumns(readers.outcomes) },
    outcomeFeatures: spec.outcomes ?? [],
    ...(readers.probability ? { trueProbability: readers.probability.take() } : {}),
    report,
  };
}

/**
 * Readers by column, so that two features of one column read it once. A dense feature decides how: its
 * numbers can be categories too.
 */
export function featureReaders(
  source: TableSource,
  features: EntityTable['features'],
  { listSeparator = '|' }: TableSpec,
): Map<string, FeatureReader> {
  const denseLast = [...features].sort((left, right) => rank(left.kind) - rank(right.kind));
  return new Map(
    denseLast.map((feature) => [
      feature.column ?? feature.name,
      featureReader(source, feature, listSeparator),
    ]),
  );
}

function rank(kind: FeatureDeclaration['kind']): number {
  return kind === 'dense' ? 1 : 0;
}

/** What feature readers have kept. */
export function takeColumns(readers: ReadonlyMap<string, FeatureReader>): Table['columns'] {
  return Object.fromEntries(Array.from(readers, ([column, reader]) => [column, reader.take()]));
}

/** The limits that a spec sets, and the signal to stop. */
export function limitsOf({ spec, signal }: Reading): ReadOptions {
  return {
    ...(spec.maxMalformedShare === undefined ? {} : { maxMalformedShare: spec.maxMalformedShare }),
    ...(spec.maxMalformed === undefined ? {} : { maxMalformed: spec.maxMalformed }),
    signal,
  };
}

export function mapRecord<From, To>(
  record: Readonly<Record<string, From>>,
  map: (value: From) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
