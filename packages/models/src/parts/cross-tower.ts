import {
  branch,
  crossNetwork,
  type FeatureTensors,
  mlp,
  type Model,
  type ParamSpec,
  type Tree,
} from '@limaml/core';
import { squeeze, type Tensor } from '@limaml/graph';

/** Options of {@link crossTower}. */
export interface CrossTowerOptions {
  /** Width of the input. */
  readonly width: number;
  readonly crossDepth: number;
  /** Hidden widths of the tower. */
  readonly tower: readonly number[];
  readonly dropout: number;
}

/** A cross network and a tower on top of it. */
export interface CrossTower {
  readonly params: Tree<ParamSpec>;
  readonly noise: Model['noise'];
  /** `[T, B, width]` → `[T, B]`. */
  apply(params: Tree<Tensor>, x: Tensor, noise?: FeatureTensors): Tensor;
}

/**
 * The stacked form of DCN-v2: `cross network → MLP → one number`, with dropout behind each hidden layer.
 *
 * @see Wang et al. 2021, "DCN V2", section 3
 */
export function crossTower({ width, crossDepth, tower, dropout }: CrossTowerOptions): CrossTower {
  const cross = crossNetwork({ width, depth: crossDepth });
  const deep = mlp({ widths: [width, ...tower, 1] });
  const names = tower.map((_, layer) => `tower${layer}`);
  return {
    params: crossDepth > 0 ? { cross: cross.params, deep: deep.params } : { deep: deep.params },
    noise: Object.fromEntries(
      dropout > 0 ? names.map((name, i) => [name, { width: tower[i]!, rate: dropout }]) : [],
    ),
    apply(params, x, noise) {
      const crossed = crossDepth > 0 ? cross.apply(branch(params, 'cross'), x) : x;
      const masks = noise && dropout > 0 ? names.map((name) => noise[name]!) : [];
      return squeeze(deep.apply(branch(params, 'deep'), crossed, masks), -1);
    },
  };
}
