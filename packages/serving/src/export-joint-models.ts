import { adaptProgram, priorProgram, scoreProgram, type Algorithm } from '@limaml/core';
import type { FeatureSchema, JointModel } from '@limaml/plugin';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BundleSource } from './bundle-source.js';
import { bundleUnwritable, entityNotExportable } from './errors.js';
import { lower } from './lower.js';
import { bundleFileNames, ENTITY_NAME } from './manifest.js';

/** A trained model of several entity types; a joint run of `@limaml/experiment` has this shape. */
export interface JointSource {
  readonly joint?: {
    readonly model: JointModel;
    readonly entities: Readonly<
      Record<string, { readonly algorithm: Algorithm; readonly schema: FeatureSchema }>
    >;
  };
  readonly plugin: BundleSource['plugin'];
  /** Trained values by program input name. */
  readonly params: BundleSource['params'];
}

/**
 * Exports a model of several entity types: `adapt.<type>.onnx` and `prior.<type>.onnx` for each of them and the
 * primary type's `score.onnx`, which takes the primary type's embedding as `embedding` `[T, D]` and those of the
 * others as features of the row, `row.embedding.<type>` `[T, N, D]`. So do the rows of the support sets. For a
 * row without such an entity feed the prior on default features.
 *
 * @returns names of the files
 * @throws LIMAML_ERR_SERVING_ENTITY_NAME, LIMAML_ERR_SERVING_PARAM_MISSING, LIMAML_ERR_SERVING_BUNDLE_UNWRITABLE
 *
 * @example
 * ```ts
 * await exportJointModels(await openRun('out/runs/all/seed-1', registry), 'models');
 * ```
 */
export async function exportJointModels(source: JointSource, folder: string): Promise<string[]> {
  const models = jointModels(source);
  try {
    await mkdir(folder, { recursive: true });
    for (const [name, bytes] of models) await writeFile(join(folder, name), bytes);
  } catch (cause) {
    throw bundleUnwritable(folder, cause);
  }
  return [...models.keys()];
}

function jointModels({ joint, plugin, params }: JointSource): Map<string, Uint8Array> {
  const models = new Map<string, Uint8Array>();
  for (const [type, model] of Object.entries(joint?.model.views ?? {})) {
    if (!ENTITY_NAME.test(type)) throw entityNotExportable(type);
    const { algorithm, schema } = joint!.entities[type]!;
    const names = bundleFileNames(type);
    const view = { plugin, params, schema };
    models.set(names.adapt, lower(adaptProgram(model, algorithm), 'adapt', view));
    models.set(names.prior, lower(priorProgram(model), 'prior', view));
    if (type === joint!.model.primary)
      models.set(names.score, lower(scoreProgram(model), 'score', view));
  }
  return models;
}
