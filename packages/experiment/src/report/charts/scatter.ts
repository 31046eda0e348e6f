import type { ScatterChart } from '@limaml/plugin';
import type { TopLevelSpec } from 'vega-lite';
import { diagonalLayer } from './diagonal.js';
import type { Encoding, Layer } from './layer.js';
import { colourScale, namesOf, numberScale, shapeScale, sharedDomain } from './scales.js';

/** Both axes of a cloud of points are as long. */
const SIDE = 400;
const [AREA, OPACITY] = [36, 0.75];

/** A cloud of points, colour and shape by series. */
export function scatterSpec(chart: ScatterChart): TopLevelSpec {
  const { series } = chart;
  const domain = chart.diagonal ? sharedDomain(series.flatMap(({ points }) => points)) : undefined;
  const values = series.flatMap(({ name, points }) => points.map(({ x, y }) => ({ x, y, name })));
  const points: Layer = {
    mark: { type: 'point', filled: true, size: AREA, opacity: OPACITY },
    encoding: encodingOf(chart, namesOf(series), domain),
  };
  const layer = domain === undefined ? [points] : [diagonalLayer(domain), points];
  return { width: SIDE, height: SIDE, data: { values }, layer };
}

function encodingOf(
  { x, y, ordered }: ScatterChart,
  names: readonly string[],
  domain: readonly [number, number] | undefined,
): Encoding {
  const legend = names.length > 1 ? { title: null, symbolOpacity: 1 } : null;
  return {
    x: { field: 'x', type: 'quantitative', title: x.title, scale: numberScale(x, { domain }) },
    y: { field: 'y', type: 'quantitative', title: y.title, scale: numberScale(y, { domain }) },
    color: { field: 'name', type: 'nominal', scale: colourScale(names, ordered), legend },
    shape: { field: 'name', type: 'nominal', scale: shapeScale(names), legend },
  };
}
