import type { Config } from 'vega-lite';
import { FONT, GRID, INK, MUTED, PAPER } from './theme.js';

const [SMALL, NORMAL] = [11, 12];

/** Width of a picture of one panel, in pixels. */
export const WIDTH = 560;
/** Its height. */
export const HEIGHT = 280;

/** How every chart looks, whatever it shows. */
export const CONFIG: Config = {
  background: PAPER.light,
  font: FONT,
  // The picture has a description of its own; one for each mark would only make it long.
  aria: false,
  padding: 8,
  view: { stroke: null },
  axis: {
    ...{ labelColor: MUTED.light, labelFontSize: SMALL, labelLimit: 240, labelPadding: 5 },
    ...{ titleColor: INK.light, titleFontSize: NORMAL, titleFontWeight: 'normal', titlePadding: 8 },
    ...{ gridColor: GRID.light, domainColor: GRID.light, tickColor: GRID.light },
    ...{ labelOverlap: 'parity', tickCount: 6 },
  },
  legend: {
    ...{ orient: 'bottom', direction: 'horizontal', columns: 3, offset: 12, symbolSize: 70 },
    ...{ labelColor: INK.light, labelFontSize: SMALL, labelLimit: 220, symbolStrokeWidth: 2 },
    ...{
      titleColor: MUTED.light,
      titleFontSize: SMALL,
      titleFontWeight: 'normal',
      titleLimit: 400,
    },
  },
  header: {
    ...{ labelColor: INK.light, labelFontSize: NORMAL, labelFontWeight: 600, labelLimit: 200 },
    titleColor: INK.light,
  },
};
