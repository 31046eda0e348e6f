import { adaptProgram, describeAlgorithm, priorProgram } from '@limaml/core';
import { loadEncoders } from '@limaml/data';
import type { BundleSource } from './bundle-source.js';
import { embeddingFeature } from './embedding-feature.js';
import { otherNotInRows, severalEntities } from './errors.js';
import { lower } from './lower.js';
import { otherFileNames, type BundleManifest } from './manifest.js';

/**
 * Entity types of a joint model beside the primary one; none of a model of one type.
 *
 * @throws LIMAML_ERR_SERVING_SEVERAL_ENTITIES, LIMAML_ERR_SERVING_OTHER_NOT_IN_ROWS
 */
export function otherTypesOf(source: BundleSource): readonly string[] {
  const { joint, model, schema } = source;
  const others = Object.keys(joint?.model.views ?? {}).filter((type) => type !== schema.entity);
  const known = new Set([
    ...schema.features.map(({ name }) => name),
    ...others.map(embeddingFeature),
  ]);
  const unknown = Object.keys(model.inputs.rows).filter((name) => !known.has(name));
  if (unknown.length > 0) throw severalEntities(model.name, unknown);
  assertInRows(source, others);
  return others;
}

/** A request names a candidate and what belongs to it; tasks of another make are not to be found by it. */
function assertInRows({ encoders }: BundleSource, others: readonly string[]): void {
  const known = loadEncoders(encoders)
    .toJSON()
    .references.map(({ type }) => type);
  const stranger = others.find((type) => !known.includes(type));
  if (stranger !== undefined) throw otherNotInRows(stranger, known);
}

/** The files of the other entity types. */
export function otherContents(source: BundleSource): Map<string, Uint8Array> {
  const { joint, plugin, params } = source;
  const contents = new Map<string, Uint8Array>();
  for (const type of otherTypesOf(source)) {
    const model = joint!.model.views[type]!;
    const { algorithm, schema, encoders } = joint!.entities[type]!;
    const names = otherFileNames(type);
    const view = { plugin, params, schema };
    contents.set(names.adapt, lower(adaptProgram(model, algorithm), 'adapt', view));
    contents.set(names.prior, lower(priorProgram(model), 'prior', view));
    contents.set(names.encoders, Buffer.from(JSON.stringify(encoders)));
  }
  return contents;
}

/** What the manifest says of them; nothing of a model of one type. */
export function describeOthers(source: BundleSource): { others?: BundleManifest['others'] } {
  const types = otherTypesOf(source);
  if (types.length === 0) return {};
  const described = types.map((type) => {
    const model = source.joint!.model.views[type]!;
    const { algorithm, schema, support } = source.joint!.entities[type]!;
    return [
      type,
      {
        algorithm: describeAlgorithm(algorithm, model),
        ...{ dim: model.embeddingDim, support, schema },
      },
    ] as const;
  });
  return { others: Object.fromEntries(described) as unknown as BundleManifest['others'] };
}
