import type { ChartBlock, IntervalChart, LineChart } from '@limaml/plugin';

const TICKS = '▁▂▃▄▅▆▇█';
/** Lines that are shown in a terminal, and the width of a drawing. */
const [MAX_LINES, WIDTH] = [12, 40];

/**
 * A chart for a terminal: its title, and small curves or intervals; of what cannot be drawn with letters the
 * description.
 */
export function chartText(chart: ChartBlock): string {
  return [chart.title, ...drawing(chart), ''].join('\n');
}

function drawing(chart: ChartBlock): readonly string[] {
  switch (chart.form) {
    case 'line':
      return named(chart.series.filter(isCurve).slice(0, MAX_LINES).map(curve));
    case 'interval':
      return intervals(chart);
    case 'scatter':
      return [chart.description];
  }
}

type Named = readonly [name: string, drawing: string];

function named(lines: readonly Named[]): readonly string[] {
  const width = Math.max(0, ...lines.map(([name]) => name.length));
  return lines.map(([name, text]) => `${name.padEnd(width)}  ${text}`);
}

type Line = LineChart['series'][number];

function isCurve({ points }: Line): boolean {
  return points.length > 1;
}

function curve({ name, panel, points }: Line): Named {
  const values = points.map(({ y }) => y);
  const ends = `${values[0]!.toFixed(4)} → ${values.at(-1)!.toFixed(4)}`;
  return [panel === undefined ? name : `${panel}, ${name}`, `${sparkline(values)}  ${ends}`];
}

/** One tick for each value, or for the last of each stretch where there are many. */
function sparkline(values: readonly number[]): string {
  const stride = Math.ceil(values.length / WIDTH);
  const kept = values.filter((_, at) => (values.length - 1 - at) % stride === 0);
  const place = placeBetween(kept, TICKS.length);
  return kept.map((value) => TICKS[place(value)]!).join('');
}

/** `├──●──┤` for every bar, all on one scale. */
function intervals({ bars, zero }: IntervalChart): readonly string[] {
  const ends = bars.flatMap(({ mean, low, high }) => [low ?? mean, high ?? mean]);
  const place = placeBetween(zero ? [0, ...ends] : ends, WIDTH);
  return named(
    bars.map(({ label, series, mean, low, high }) => {
      const cells = Array.from({ length: WIDTH }, () => ' ');
      const [from, to] = [place(low ?? mean), place(high ?? mean)];
      cells.fill('─', from, to + 1);
      if (from < to) [cells[from], cells[to]] = ['├', '┤'];
      if (zero) cells[place(0)] = cells[place(0)] === ' ' ? '│' : '┼';
      cells[place(mean)] = '●';
      return [series === undefined ? label : `${label}, ${series}`, cells.join('').trimEnd()];
    }),
  );
}

/** Which of `count` places, from that of the least to that of the greatest of some values, a value has. */
function placeBetween(values: readonly number[], count: number): (value: number) => number {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return (value) => Math.round((high > low ? (value - low) / (high - low) : 0.5) * (count - 1));
}
