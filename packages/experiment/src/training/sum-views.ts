import type { TensorData } from '@limaml/graph';
import type { BatchGradients } from './shares.js';

/** Loss and gradients of the batch of one view. */
export interface ViewGradients extends BatchGradients {
  /** Rows of each table of the host that its gradient belongs to, by input name. */
  readonly ids: Readonly<Record<string, Int32Array>>;
}

interface Rows {
  readonly ids: Int32Array;
  readonly data: Float32Array;
}

/**
 * Loss and gradients of several views together, `∇L = Σ_v w_v ∇L_v`, name by name; rows of one table that
 * several views touched become one. Of a single view they are what they were, to the bit.
 */
export function sumViews(
  parts: readonly ViewGradients[],
  weights: readonly number[],
): ViewGradients {
  if (parts.length === 1) return parts[0]!;
  const loss = parts.reduce((sum, part, at) => sum + weights[at]! * part.loss, 0);
  const gradients: Record<string, TensorData<'float32'>> = {};
  const ids: Record<string, Int32Array> = {};
  for (const name of new Set(parts.flatMap((part) => Object.keys(part.gradients)))) {
    const having = parts.flatMap((part, at) => {
      const gradient = part.gradients[name];
      return gradient === undefined
        ? []
        : [{ gradient, weight: weights[at]!, rows: part.ids[name] }];
    });
    if (having[0]!.rows === undefined) gradients[name] = sumDense(having);
    else ({ gradient: gradients[name], ids: ids[name] } = sumRows(having));
  }
  return { loss, gradients, ids };
}

interface Weighted {
  readonly gradient: TensorData<'float32'>;
  readonly weight: number;
  readonly rows: Int32Array | undefined;
}

function sumDense(parts: readonly Weighted[]): TensorData<'float32'> {
  const { shape, data } = parts[0]!.gradient;
  const sum = new Float32Array(data.length);
  for (const { gradient, weight } of parts) addScaled(sum, gradient.data, weight);
  return { dtype: 'float32', shape, data: sum };
}

function addScaled(into: Float32Array, from: Float32Array, factor: number): void {
  for (let at = 0; at < into.length; at++) into[at] = into[at]! + factor * from[at]!;
}

/** Rows in the order in which they are first met. */
function sumRows(parts: readonly Weighted[]): {
  gradient: TensorData<'float32'>;
  ids: Int32Array;
} {
  const places = new Map<number, number>();
  for (const { rows } of parts) {
    for (const id of rows!) if (!places.has(id)) places.set(id, places.size);
  }
  const dim = parts[0]!.gradient.shape[1]!;
  const data = new Float32Array(places.size * dim);
  for (const { rows, gradient, weight } of parts) {
    addRows({ ids: rows!, data: gradient.data }, data, places, dim, weight);
  }
  const gradient = { dtype: 'float32', shape: [places.size, dim], data } as const;
  return { gradient, ids: Int32Array.from(places.keys()) };
}

function addRows(
  { ids, data }: Rows,
  into: Float32Array,
  places: ReadonlyMap<number, number>,
  dim: number,
  weight: number,
): void {
  ids.forEach((id, row) => {
    const [from, to] = [row * dim, places.get(id)! * dim];
    for (let at = 0; at < dim; at++) into[to + at]! += weight * data[from + at]!;
  });
}
