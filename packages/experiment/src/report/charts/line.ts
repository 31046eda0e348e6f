import type { LineChart, LinePoint } from '@limaml/plugin';
import type { TopLevelSpec } from 'vega-lite';
import { HEIGHT, WIDTH } from './config.js';
import { diagonalLayer } from './diagonal.js';
import type { Channel, Encoding, Layer } from './layer.js';
import { colourScale, namesOf, numberScale, sharedDomain } from './scales.js';
import { DASHES, MUTED, cycle } from './theme.js';

const PANEL = { columns: 3, width: 200, height: 170 } as const;
const AREA = { dot: 24, marked: 110, least: 8, most: 260 } as const;

/** A point with what its line says about it. */
type Row = LinePoint & { readonly name: string; readonly panel: string; readonly line: number };

/** Lines over a number, in one picture or in several panels on the same axes. */
export function lineSpec(chart: LineChart): TopLevelSpec {
  const values = rowsOf(chart);
  const panels = [...new Set(values.map(({ panel }) => panel))];
  const layer = layersOf(chart, values);
  const data = { values };
  if (panels.length === 1) return { data, layer, ...sizeOf(chart) };
  return {
    data,
    facet: { field: 'panel', type: 'nominal', title: null, sort: panels },
    columns: PANEL.columns,
    spacing: { row: 24, column: 20 },
    spec: { layer, width: PANEL.width, height: PANEL.height },
    // An axis for each, also above an empty place of the last row.
    resolve: { axis: { x: 'independent', y: 'independent' } },
  };
}

function rowsOf({ series }: LineChart): readonly Row[] {
  return series.flatMap(({ name, panel = '', points }, line) =>
    points.map((point) => ({ ...point, name, panel, line })),
  );
}

function sizeOf({ diagonal }: LineChart): { readonly width: number; readonly height: number } {
  return diagonal ? { width: 360, height: 360 } : { width: WIDTH, height: HEIGHT };
}

function layersOf(chart: LineChart, values: readonly Row[]): Layer[] {
  const domain = chart.diagonal ? sharedDomain(values) : undefined;
  const names = namesOf(values);
  const base: Encoding = { ...axesOf(chart, domain), color: colourOf(names) };
  return [
    ...(domain === undefined ? [] : [diagonalLayer(domain)]),
    intervalLayer(base),
    curveLayer(base, names),
    dotLayer(base, chart),
  ];
}

function axesOf(
  { x, y }: LineChart,
  domain: readonly [number, number] | undefined,
): Pick<Encoding, 'x' | 'y'> {
  return {
    x: {
      field: 'x',
      type: 'quantitative',
      title: x.title,
      scale: numberScale(x, domain === undefined ? { padding: 0 } : { domain }),
    },
    y: { field: 'y', type: 'quantitative', title: y.title, scale: numberScale(y, { domain }) },
  };
}

function legendOf(names: readonly string[]) {
  return names.length > 1
    ? ({ title: null, symbolType: 'stroke', symbolSize: 300 } as const)
    : null;
}

function colourOf(names: readonly string[]): Channel<'color'> {
  const legend = legendOf(names);
  return { field: 'name', type: 'nominal', scale: colourScale(names), legend };
}

function intervalLayer(base: Encoding): Layer {
  const ends = { y: { ...base.y, field: 'low' } as Channel<'y'>, y2: { field: 'high' } };
  return {
    transform: [{ filter: 'isValid(datum.low) && isValid(datum.high)' }],
    mark: { type: 'rule', strokeWidth: 1.5 },
    encoding: { ...base, ...ends },
  };
}

function curveLayer(base: Encoding, names: readonly string[]): Layer {
  const range = names.map((_, at) => [...cycle(DASHES, at)]);
  const dash: Channel<'strokeDash'> = {
    ...{ field: 'name', type: 'nominal', legend: legendOf(names) },
    scale: { domain: [...names], range },
  };
  return {
    mark: { type: 'line', strokeWidth: 2 },
    encoding: { ...base, strokeDash: dash, detail: { field: 'line', type: 'nominal' } },
  };
}

function dotLayer(base: Encoding, { weight }: LineChart): Layer {
  const size: Channel<'size'> =
    weight === undefined ? emphasis(AREA.marked, AREA.dot) : weightChannel(weight);
  return {
    mark: { type: 'point', filled: true, opacity: 0.9 },
    encoding: { ...base, size, shape: emphasis('diamond', 'circle') },
  };
}

/** One look for points that stand out, and one for the others. */
function emphasis<Value extends string | number>(
  marked: Value,
  other: Value,
): { condition: { test: string; value: Value }; value: Value } {
  return { condition: { test: 'datum.marked === true', value: marked }, value: other };
}

function weightChannel(title: string): Channel<'size'> {
  return {
    ...{ field: 'weight', type: 'quantitative', title },
    scale: { range: [AREA.least, AREA.most] },
    legend: { columns: 6, tickCount: 4, symbolFillColor: MUTED.light, symbolStrokeWidth: 0 },
  };
}
