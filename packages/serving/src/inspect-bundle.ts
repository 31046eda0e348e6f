import { readOnnx, surveyOnnx, type OnnxModelInfo, type OnnxSurvey } from '@limaml/onnx';
import { readBundleFolder, type BundleContents } from './bundle-folder.js';
import { checkBundle } from './check-bundle.js';
import { bundleFileNames, otherFileNames, type BundleManifest } from './manifest.js';
import type { ModelKind } from './model-ports.js';

/** What is in one model of a bundle. */
export interface ModelInspection
  extends
    Pick<OnnxModelInfo, 'inputs' | 'outputs' | 'opset'>,
    Pick<OnnxSurvey, 'operators' | 'parameters'> {
  readonly file: string;
}

/** What is in a bundle. */
export interface BundleInspection {
  readonly manifest: BundleManifest;
  /** All files together. */
  readonly bytes: number;
  readonly models: Readonly<Record<ModelKind, ModelInspection>>;
  /** Models of the other entity types of a joint model, by type. */
  readonly others: Readonly<Record<string, Readonly<Record<'adapt' | 'prior', ModelInspection>>>>;
}

/**
 * Looks into a bundle, without loading its models. What `openBundle` checks is checked.
 *
 * @param folder the bundle, as `exportBundle` wrote it
 * @throws what `openBundle` throws
 *
 * @example
 * ```ts
 * const { manifest, models } = await inspectBundle('bundles/ml-1m');
 * console.log(manifest.algorithm.innerSteps, models.adapt.operators);
 * ```
 */
export async function inspectBundle(folder: string): Promise<BundleInspection> {
  const { manifest, contents } = await readBundleFolder(folder);
  checkBundle(folder, manifest, contents);
  const names = bundleFileNames(manifest.entity);
  return {
    manifest,
    bytes: manifest.files.reduce((sum, file) => sum + file.bytes, 0),
    models: {
      adapt: inspectModel(names.adapt, contents),
      prior: inspectModel(names.prior, contents),
      score: inspectModel(names.score, contents),
    },
    others: Object.fromEntries(
      Object.keys(manifest.others ?? {}).map((type) => {
        const { adapt, prior } = otherFileNames(type);
        return [
          type,
          { adapt: inspectModel(adapt, contents), prior: inspectModel(prior, contents) },
        ];
      }),
    ),
  };
}

function inspectModel(file: string, contents: BundleContents): ModelInspection {
  const bytes = contents.get(file)!;
  const { inputs, outputs, opset } = readOnnx(bytes);
  const { operators, parameters } = surveyOnnx(bytes);
  return { file, inputs, outputs, opset, operators, parameters };
}
