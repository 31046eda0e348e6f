import {
  branch,
  dense,
  type FeatureTensors,
  mlp,
  type Model,
  type ParamSpec,
  type Tree,
} from '@limaml/core';
import { mul, squeeze, type Tensor } from '@limaml/graph';

/** Options of {@link tower}. */
export interface TowerOptions {
  /** Width W of the input. */
  readonly width: number;
  /** Widths of the hidden layers; empty for a linear map. */
  readonly tower: readonly number[];
  /** Rate behind each hidden layer. */
  readonly dropout: number;
}

/** What a tower gives for every row. */
export interface TowerOutput {
  /** `[T, B]`. */
  readonly logit: Tensor;
  /** The last hidden layer, `[T, B, H]`; the input where there is none. */
  readonly hidden: Tensor;
}

/** See {@link tower}. */
export interface Tower {
  readonly params: Tree<ParamSpec>;
  readonly noise: Model['noise'];
  /** Width H of the last hidden layer. */
  readonly hiddenWidth: number;
  /** x `[T, B, W]`; dropout masks by the names in `noise`, none outside training. */
  apply(params: Tree<Tensor>, x: Tensor, noise?: FeatureTensors): TowerOutput;
}

/**
 * An MLP that ends in one number, with dropout behind each hidden layer.
 *
 * ```text
 * x [T, B, W] ── dense ─ relu ─ dropout ── … ── hidden [T, B, H] ── dense H → 1 ── logit [T, B]
 * ```
 *
 * `Σ (wᵢ + 1) wᵢ₊₁` parameters, `layers/<i>/…`, from W to 1.
 *
 * @see Srivastava et al. 2014, section 4, for dropout
 * @example
 * ```ts
 * const deep = tower({ width: 48, tower: [64, 32], dropout: 0.1 });
 * const { logit } = deep.apply(params, x);
 * ```
 */
export function tower({ width, tower: widths, dropout }: TowerOptions): Tower {
  const hiddenWidth = widths.at(-1) ?? width;
  const body = mlp({ widths: [width, ...widths], outputActivation: 'relu' });
  const last = dense({ inputs: hiddenWidth, outputs: 1 });
  const [names, end] = [widths.map((_, layer) => `tower${layer}`), String(widths.length)];
  const noise = names.map((name, i) => [name, { width: widths[i]!, rate: dropout }] as const);
  return {
    params: { layers: { ...branch(body.params, 'layers'), [end]: last.params } },
    noise: Object.fromEntries(dropout > 0 ? noise : []),
    hiddenWidth,
    apply(params, x, given) {
      const masks = given && dropout > 0 ? names.map((name) => given[name]!) : [];
      const active = body.apply(params, x, masks);
      const hidden = masks.length > 0 ? mul(active, masks.at(-1)!) : active;
      const logit = last.apply(branch(branch(params, 'layers'), end), hidden);
      return { hidden, logit: squeeze(logit, -1) };
    },
  };
}
