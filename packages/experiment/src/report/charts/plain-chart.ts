import type { ChartBlock } from '@limaml/plugin';
import { replaceControls } from '../escape-markup.js';

/** A chart with every text in one line, and without characters that XML does not have. */
export function plainChart(chart: ChartBlock): ChartBlock {
  const plain = (_: string, value: unknown): unknown =>
    typeof value === 'string' ? replaceControls(value.replaceAll(/\s+/g, ' ')) : value;
  return JSON.parse(JSON.stringify(chart), plain) as ChartBlock;
}
