import { branch, dense, type ParamSpec, type Tree } from '@limaml/core';
import { squeeze, type Tensor } from '@limaml/graph';

/** See {@link targetHeads}. */
export interface TargetHeads {
  readonly params: Tree<ParamSpec>;
  /** `[T, B, H]` → `[T, B]` by target. */
  apply(params: Tree<Tensor>, hidden: Tensor): Readonly<Record<string, Tensor>>;
}

/**
 * One output per further label over a shared hidden layer.
 *
 * ```text
 * hidden [T, B, H] ─┬─ dense H → 1 ── apply [T, B]
 *                   └─ dense H → 1 ── dwell [T, B]
 * ```
 *
 * `H + 1` parameters per target: `<target>/…`.
 *
 * @param width H
 * @param targets their names
 * @see Caruana 1997, section 1, for sharing a hidden layer between tasks
 * @example
 * ```ts
 * const heads = targetHeads(32, ['apply', 'dwell']);
 * const { apply } = heads.apply(params, hidden);
 * ```
 */
export function targetHeads(width: number, targets: readonly string[]): TargetHeads {
  const head = dense({ inputs: width, outputs: 1 });
  return {
    params: Object.fromEntries(targets.map((name) => [name, head.params])),
    apply: (params, hidden) =>
      Object.fromEntries(
        targets.map((name) => [name, squeeze(head.apply(branch(params, name), hidden), -1)]),
      ),
  };
}
