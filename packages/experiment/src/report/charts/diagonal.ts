import type { Layer } from './layer.js';
import { MUTED } from './theme.js';

/** A layer with the line y = x over a range. */
export function diagonalLayer([low, high]: readonly [number, number]): Layer {
  return {
    data: { values: [low, high].map((at) => ({ x: at, y: at })) },
    mark: { type: 'line', color: MUTED.light, strokeDash: [4, 4], strokeWidth: 1 },
    encoding: { x: { field: 'x', type: 'quantitative' }, y: { field: 'y', type: 'quantitative' } },
  };
}
