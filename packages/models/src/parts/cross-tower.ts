import { branch, crossNetwork, lowRankCrossNetwork } from '@limaml/core';
import { type Tower, tower, type TowerOptions } from './tower.js';

/** Options of {@link crossTower}. */
export interface CrossTowerOptions extends TowerOptions {
  /** Cross layers L; 0 for none. */
  readonly crossDepth: number;
  /** Rank r of each cross layer's matrix. Default: full. */
  readonly crossRank?: number;
}

/**
 * The stacked form of DCN-v2: a cross network, and a {@link tower} on top of it.
 *
 * ```text
 * x [T, B, W] ── L × cross W ── [T, B, W] ── tower ── logit [T, B]
 * ```
 *
 * `L (W² + W)` parameters, `cross/…` (`L (2 W r + W)` with a rank), and those of the tower, `deep/…`.
 *
 * @see Wang et al. 2021 (DCN V2), section 3, figure 1a; eq. (2) for the rank
 * @example
 * ```ts
 * const deep = crossTower({ width: 48, crossDepth: 1, tower: [32], dropout: 0.1 });
 * const { logit } = deep.apply(params, x);
 * ```
 */
export function crossTower({ crossDepth, crossRank, ...options }: CrossTowerOptions): Tower {
  const size = { width: options.width, depth: crossDepth };
  const cross = crossRank ? lowRankCrossNetwork({ ...size, rank: crossRank }) : crossNetwork(size);
  const deep = tower(options);
  return {
    ...deep,
    params: crossDepth > 0 ? { cross: cross.params, deep: deep.params } : { deep: deep.params },
    apply(params, x, noise) {
      const crossed = crossDepth > 0 ? cross.apply(branch(params, 'cross'), x) : x;
      return deep.apply(branch(params, 'deep'), crossed, noise);
    },
  };
}
