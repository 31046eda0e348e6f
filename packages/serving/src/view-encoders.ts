import type { EncodedLog, Encoders } from '@limaml/data';
import type { EncodedFeature } from '@limaml/plugin';

/**
 * Encoders of a joint model as another entity type than the primary one sees it: features of entities by that
 * type's own encoders, those of rows by the primary type's, as in training.
 */
export function viewEncoders(own: Encoders, primary: Encoders): Encoders {
  const schema = {
    ...own.schema,
    features: [
      ...own.schema.features.filter(isEntity),
      ...primary.schema.features.filter((feature) => !isEntity(feature)),
    ],
  };
  return {
    ...primary,
    schema,
    encodeEntity: (record) => own.encodeEntity(record),
    encode: (log, tasks, options) =>
      joined(own.encode(log, tasks), primary.encode(log, tasks, options)),
  };
}

function isEntity({ owner }: EncodedFeature): boolean {
  return owner === 'entity';
}

function joined(own: EncodedLog, rows: EncodedLog): EncodedLog {
  const columns = [
    ...Object.entries(own.columns).filter(([, { feature }]) => isEntity(feature)),
    ...Object.entries(rows.columns).filter(([, { feature }]) => !isEntity(feature)),
  ];
  return {
    ...rows,
    schema: columns.map(([, { feature }]) => feature),
    columns: Object.fromEntries(columns),
  };
}
