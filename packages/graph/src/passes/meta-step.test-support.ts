import {
  add,
  broadcastTo,
  concat,
  grad,
  matMul,
  mean,
  mul,
  relu,
  reshape,
  softplus,
  spec,
  sub,
  trace,
} from '../index.js';
import type { Program, Tensor, TensorSpec } from '../index.js';

/** Sizes of a meta-step: T tasks of B support and B query rows. */
export interface MetaStepSizes {
  readonly T: number;
  readonly B: number;
  readonly innerSteps: number;
  readonly meta: readonly number[];
  readonly global: readonly number[];
  readonly features: number;
}

type Layers = readonly Tensor[];

/** A second-order MAML step as a user would write it: every task starts from broadcast weights. */
export function metaStep({ T, B, innerSteps, meta, global, features }: MetaStepSizes): Program {
  const specs: Record<string, TensorSpec> = {
    ...layerSpecs('meta', meta),
    ...layerSpecs('global', [meta.at(-1)! + features, ...global]),
    ...rowSpecs('support', [T, B], meta[0]!, features),
    ...rowSpecs('query', [T, B], meta[0]!, features),
  };
  return trace(specs, (inputs) => {
    const named = (prefix: string): string[] =>
      Object.keys(specs).filter((name) => name.startsWith(prefix));
    const layers = (prefix: string): Layers => named(prefix).map((name) => inputs[name]!);
    const lossOn = (rows: string, fast: Layers): Tensor => {
      const embedding = mlp(inputs[`${rows}/x`]!, fast);
      const joined = concat([embedding, inputs[`${rows}/g`]!], -1);
      const z = reshape(mlp(joined, layers('global')), [T, B]);
      return mean(sub(softplus(z), mul(z, inputs[`${rows}/y`]!)), { axes: [1] });
    };
    let fast: Layers = layers('meta').map((p) =>
      broadcastTo(p, [T, ...(p.shape.length === 1 ? [1] : []), ...p.shape]),
    );
    for (let k = 0; k < innerSteps; k++) {
      const gradients = grad(mul(mean(lossOn('support', fast)), T), fast);
      fast = fast.map((p, i) => sub(p, mul(0.1, gradients[i]!)));
    }
    const loss = mean(lossOn('query', fast));
    const params = [...named('meta'), ...named('global')];
    const gradients = grad(loss, [...layers('meta'), ...layers('global')]);
    return {
      loss,
      ...Object.fromEntries(params.map((name, i) => [`grad/${name}`, gradients[i]!])),
    };
  });
}

function mlp(x: Tensor, params: Layers): Tensor {
  let y = x;
  for (let i = 0; i < params.length; i += 2) {
    y = add(matMul(y, params[i]!), params[i + 1]!);
    if (i + 2 < params.length) y = relu(y);
  }
  return y;
}

function layerSpecs(prefix: string, widths: readonly number[]): Record<string, TensorSpec> {
  const specs: Record<string, TensorSpec> = {};
  for (let i = 1; i < widths.length; i++) {
    specs[`${prefix}/${i}/kernel`] = spec([widths[i - 1]!, widths[i]!]);
    specs[`${prefix}/${i}/bias`] = spec([widths[i]!]);
  }
  return specs;
}

function rowSpecs(
  prefix: string,
  rows: readonly number[],
  meta: number,
  features: number,
): Record<string, TensorSpec> {
  return {
    [`${prefix}/x`]: spec([...rows, meta]),
    [`${prefix}/g`]: spec([...rows, features]),
    [`${prefix}/y`]: spec(rows),
  };
}
