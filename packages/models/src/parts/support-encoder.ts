import type { ParamSpec, Tree } from '@limaml/core';
import type { Tensor } from '@limaml/graph';
import type { SupportView } from './support-view.js';

/** A part of the meta block that turns a support set into one vector per task. */
export interface SupportEncoder {
  /** May carry a leading T, when the inner loop adapts them. */
  readonly params: Tree<ParamSpec>;
  /** Width W of the result. */
  readonly width: number;
  /** @returns `[T, W]`; finite for an empty support set */
  apply(params: Tree<Tensor>, support: SupportView): Tensor;
}
