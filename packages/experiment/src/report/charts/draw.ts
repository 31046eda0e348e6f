import type { ChartBlock } from '@limaml/plugin';
import type { TopLevelSpec } from 'vega-lite';
import { CONFIG } from './config.js';
import { intervalSpec } from './interval.js';
import { lineSpec } from './line.js';
import { plainChart } from './plain-chart.js';
import { scatterSpec } from './scatter.js';
import { labelSvg } from './svg.js';

/**
 * Draws a chart as an SVG element in the colours of light ground; its title and description are inside, for screen
 * readers. The same chart gives the same bytes.
 */
export async function drawChart(block: ChartBlock): Promise<string> {
  const chart = plainChart(block);
  // Drawing takes a megabyte of code that running experiments does not need.
  const [vega, { compile }] = await Promise.all([import('vega'), import('vega-lite')]);
  const { spec } = compile({ ...specOf(chart), config: CONFIG });
  const view = new vega.View(vega.parse(spec), { renderer: 'none' });
  try {
    return labelSvg(await view.toSVG(), chart);
  } finally {
    view.finalize();
  }
}

function specOf(chart: ChartBlock): TopLevelSpec {
  switch (chart.form) {
    case 'line':
      return lineSpec(chart);
    case 'interval':
      return intervalSpec(chart);
    case 'scatter':
      return scatterSpec(chart);
  }
}
