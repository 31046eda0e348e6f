import type { BundleInspection, BundleManifest, ModelInspection } from '@limaml/serving';

/** What quantising cost, for people; nothing where nothing was quantised. */
export function describeLoss(quantisation: BundleManifest['quantisation']): readonly string[] {
  if (!quantisation) return [];
  const { products, loss } = quantisation;
  const quantised = `  score.onnx has ${products} products of 8 bits`;
  if (!loss) return [`${quantised}; what that costs was not measured`];
  const { rows, logitDifference, auc } = loss;
  const ranking = auc ? `, AUC ${auc.int8.toFixed(4)} instead of ${auc.float32.toFixed(4)}` : '';
  return [
    `${quantised}: logits differ by ${short(logitDifference.mean)} on average, ${short(logitDifference.max)} at most${ranking} (${rows} rows)`,
  ];
}

/** What is in a bundle, for people. */
export function describeBundle({ manifest, bytes, models, others }: BundleInspection): string {
  const { model, data, algorithm, embedding, support, schema } = manifest;
  return [
    `Bundle ${manifest.fingerprint}`,
    `  format ${manifest.format}, ${size(bytes)}, made by ${manifest.createdBy} on ${manifest.createdAt}`,
    `  model ${model.name} ${JSON.stringify(model.options)}, fingerprint ${model.fingerprint.slice(0, 12)}`,
    `  data ${data ? `${data.name}, fingerprint ${data.fingerprint.slice(0, 12)}` : 'unknown'}`,
    `  algorithm ${JSON.stringify(algorithm)}`,
    `  entity types ${manifest.entityTypes.join(', ')}; ${manifest.entity} is adapted`,
    `  embedding ${embedding.dim} × ${embedding.dtype}`,
    `  support ${describeSupport(support)}`,
    ...Object.entries(manifest.others ?? {}).map(
      ([type, other]) =>
        `  rows read embeddings of ${type}: ${other.dim} × ${embedding.dtype}, support ${describeSupport(other.support)}`,
    ),
    `  candidates ${manifest.candidates}`,
    ...describeLoss(manifest.quantisation),
    `Features`,
    ...schema.features.map(
      ({ name, owner, kind, width, size: values }) =>
        `  ${name}: ${owner}, ${kind}${kind === 'dense' ? ` of ${width}` : `, ${values} values`}`,
    ),
    ...Object.values(models).flatMap(describeModel),
    ...Object.values(others).flatMap((other) => Object.values(other).flatMap(describeModel)),
    `Files`,
    ...manifest.files.map(
      (file) => `  ${file.name} ${size(file.bytes)} sha256 ${file.sha256.slice(0, 12)}`,
    ),
  ].join('\n');
}

function describeSupport({ maxSize, window }: BundleManifest['support']): string {
  return `at most ${maxSize} interactions${window ? `, no older than ${window} ms` : ''}`;
}

function describeModel({ file, opset, inputs, outputs, ...model }: ModelInspection): string[] {
  const ports = (of: ModelInspection['inputs']): string[] =>
    Object.entries(of).map(
      ([name, { dtype, shape }]) => `    ${name} ${dtype} [${shape.join(', ')}]`,
    );
  const operators = Object.entries(model.operators).sort(([, a], [, b]) => b - a);
  return [
    `${file}: opset ${opset}, ${model.parameters.count} constants of ${size(model.parameters.bytes)}`,
    '  inputs',
    ...ports(inputs),
    '  outputs',
    ...ports(outputs),
    `  operators ${operators.map(([name, count]) => `${name} ${count}`).join(', ')}`,
  ];
}

function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 2 ** 20
    ? `${(bytes / 1024).toFixed(1)} KiB`
    : `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}

function short(value: number): string {
  return value.toPrecision(3);
}
