import type { IntervalChart } from '@limaml/plugin';
import type { TopLevelSpec } from 'vega-lite';
import { WIDTH } from './config.js';
import type { Channel, Encoding, Layer } from './layer.js';
import { colourScale, namesOf, numberScale, shapeScale } from './scales.js';
import { INK } from './theme.js';

const [AREA, ONE_SERIES] = [56, ''];
/** Pixels from bar to bar, and from row to row where rows have one bar. */
const STEP = { bar: 13, row: 24 } as const;

/** Rows with a dot and its interval; several series share a row, one below the other. */
export function intervalSpec(chart: IntervalChart): TopLevelSpec {
  const values = chart.bars.map(({ label, series, mean, low, high }) => ({
    ...{ label, name: series ?? ONE_SERIES },
    ...{ mean, low: low ?? mean, high: high ?? mean },
  }));
  const names = namesOf(values);
  return {
    width: WIDTH,
    height: { step: names.length > 1 ? STEP.bar : STEP.row, for: 'offset' },
    data: { values },
    layer: [...(chart.zero ? [zeroLayer()] : []), ...barLayers(chart, values, names)],
  };
}

function zeroLayer(): Layer {
  return {
    mark: { type: 'rule', color: INK.light, strokeDash: [4, 3], strokeWidth: 1 },
    encoding: { x: { datum: 0, type: 'quantitative' } },
  };
}

function barLayers(
  { value }: IntervalChart,
  values: readonly { readonly label: string }[],
  names: readonly string[],
): Layer[] {
  const legend = names.length > 1 ? { title: null } : null;
  const rows: Encoding = {
    y: rowOf(values, names),
    yOffset: { field: 'name', type: 'nominal', sort: [...names] },
    color: { field: 'name', type: 'nominal', scale: colourScale(names), legend },
  };
  const x = (field: string): Channel<'x'> => ({
    ...{ field, type: 'quantitative', title: value.title, scale: numberScale(value) },
  });
  const shape: Channel<'shape'> = {
    ...{ field: 'name', type: 'nominal', scale: shapeScale(names), legend },
  };
  return [
    {
      mark: { type: 'rule', strokeWidth: 2 },
      encoding: { ...rows, x: x('low'), x2: { field: 'high' } },
    },
    {
      mark: { type: 'point', filled: true, opacity: 1, size: AREA },
      encoding: { ...rows, shape, x: x('mean') },
    },
  ];
}

function rowOf(
  values: readonly { readonly label: string }[],
  names: readonly string[],
): Channel<'y'> {
  return {
    ...{ field: 'label', type: 'nominal', title: null },
    sort: [...new Set(values.map(({ label }) => label))],
    scale: { paddingInner: names.length > 1 ? 0.3 : 0.1 },
    axis: { ticks: false, domain: false, labelColor: INK.light, labelFontSize: 12 },
  };
}
