import { loadEncoders, type Encoders } from '@limaml/data';
import type { Registry } from '@limaml/plugin';
import { runMissing } from '../errors.js';
import { readJson } from '../files.js';
import { withRowsOf } from '../joint/entity-data.js';
import { viewAlgorithm } from '../joint/view-algorithm.js';
import type { OpenedJoint, RunDescription } from './run-folder.js';
import { runFiles } from './run-record.js';

/**
 * Opens what a run keeps of its entity types.
 *
 * @param primary encoders of the spec's entity
 * @throws LIMAML_ERR_EXPERIMENT_RUN_MISSING, …_RECORD_CORRUPT
 */
export async function openJoint(
  folder: string,
  { entity, entry, support, entities: others = {} }: RunDescription,
  primary: Encoders,
  registry: Registry,
): Promise<OpenedJoint> {
  const entities: Record<string, OpenedJoint['entities'][string]> = {};
  for (const [type, size] of Object.entries({ [entity]: support, ...others })) {
    const encoders = type === entity ? primary : await readEncoders(folder, type);
    entities[type] = {
      algorithm: viewAlgorithm(entry, type, registry),
      schema: withRowsOf(encoders.schema, primary.schema),
      encoders: encoders.toJSON(),
      support: size,
    };
  }
  const schemas = Object.entries(entities).map(([type, { schema }]) => [type, schema] as const);
  const joint = {
    primary: entity,
    schemas: Object.fromEntries(schemas),
    adapting: entry.entities ?? [],
  };
  const model = registry.get('model', entry.model).createJoint!(joint, entry.options);
  return { model, entities };
}

async function readEncoders(folder: string, type: string): Promise<Encoders> {
  const encoders = await readJson(runFiles(folder).encodersOf(type), loadEncoders);
  if (encoders === undefined) throw runMissing(folder);
  return encoders;
}
