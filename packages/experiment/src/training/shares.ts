import type { ParameterValues } from '@limaml/core';
import type { Episode } from '@limaml/data';
import type { Executable, TensorData, TensorMap } from '@limaml/graph';
import { floatTensor } from './memory.js';
import { unprefixed } from './tensor-names.js';

/** Loss and gradients of one batch. */
export interface BatchGradients {
  readonly loss: number;
  /** By input name. */
  readonly gradients: ParameterValues;
}

/** Cuts tensors `[T, …]` into N shares `[T/N, …]`, views of the same memory. */
export function createTaskCutter(shares: number): (feeds: TensorMap) => readonly TensorMap[] {
  const views = new WeakMap<TensorData, readonly TensorData[]>();
  const cut = (tensor: TensorData): readonly TensorData[] => {
    const known = views.get(tensor) ?? viewsOf(tensor, shares);
    views.set(tensor, known);
    return known;
  };
  if (shares === 1) return (feeds) => [feeds];
  return (feeds) =>
    Array.from({ length: shares }, (_, share) =>
      Object.fromEntries(
        Object.entries(feeds).map(([name, tensor]) => [name, cut(tensor)[share]!]),
      ),
    );
}

function viewsOf({ dtype, shape, data }: TensorData, shares: number): TensorData[] {
  const size = data.length / shares;
  const part = [shape[0]! / shares, ...shape.slice(1)];
  return Array.from(
    { length: shares },
    (_, at) =>
      ({ dtype, shape: part, data: data.subarray(at * size, (at + 1) * size) }) as TensorData,
  );
}

/**
 * What part of a batch's real query rows each share has, `n_k / Σ n_k`.
 * @param perShare tasks of a share; the last shares have fewer episodes, or none
 */
export function shareWeights(
  episodes: readonly Episode[],
  perShare: number,
  shares: number,
): number[] {
  const rows = Array<number>(shares).fill(0);
  episodes.forEach(({ queryStart, queryEnd }, slot) => {
    rows[Math.floor(slot / perShare)]! += queryEnd - queryStart;
  });
  const total = rows.reduce((sum, count) => sum + count, 0);
  return rows.map((count) => count / Math.max(total, 1));
}

/**
 * Loss and gradients of a batch from those of its shares. The loss is a mean over real query rows, so
 * they weigh as much as the share has of these rows: `∇L = Σ_k (n_k / n) ∇L_k`; where tasks count otherwise, as
 * much as the program says that those of a share count together. Sums are made in the order of the shares, in
 * the memory of the first.
 */
export function mergeShares(
  outputs: readonly TensorMap[],
  rowWeights: readonly number[],
): BatchGradients {
  const weights = statedWeights(outputs) ?? rowWeights;
  const merged = unprefixed('grad/', outputs[0]!) as ParameterValues;
  const loss = weights.reduce(
    (sum, weight, share) => sum + weight * outputs[share]!.loss!.data[0]!,
    0,
  );
  if (outputs.length === 1) return { loss: outputs[0]!.loss!.data[0]!, gradients: merged };
  for (const [name, { data }] of Object.entries(merged)) {
    scale(data, weights[0]!);
    for (let share = 1; share < outputs.length; share++) {
      const other = outputs[share]![`grad/${name}`]!.data as Float32Array;
      addScaled(data, other, weights[share]!);
    }
  }
  return { loss, gradients: merged };
}

/** The program's own weights of its shares, normalised; undefined when it states none. */
function statedWeights(outputs: readonly TensorMap[]): readonly number[] | undefined {
  if (outputs[0]!.weight === undefined) return undefined;
  const stated = outputs.map(({ weight }) => weight!.data[0]!);
  const total = stated.reduce((sum, weight) => sum + weight, 0);
  return stated.map((weight) => (total === 0 ? 0 : weight / total));
}

function scale(into: Float32Array, factor: number): void {
  for (let at = 0; at < into.length; at++) into[at]! *= factor;
}

function addScaled(into: Float32Array, from: Float32Array, factor: number): void {
  for (let at = 0; at < into.length; at++) into[at] = into[at]! + factor * from[at]!;
}

/** Buffers in shared memory for the outputs of each share, kept for every program. */
export function createShareOutputs(shares: number): (program: Executable) => readonly TensorMap[] {
  const buffers = new WeakMap<Executable, readonly TensorMap[]>();
  return (program) => {
    const known = buffers.get(program) ?? Array.from({ length: shares }, () => outputsOf(program));
    buffers.set(program, known);
    return known;
  };
}

function outputsOf({ outputs }: Executable): TensorMap {
  const buffers = Object.entries(outputs).map(([name, { shape }]) => [
    name,
    floatTensor(shape.map(Number), true),
  ]);
  return Object.fromEntries(buffers) as TensorMap;
}
