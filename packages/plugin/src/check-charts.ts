import { describeValue } from './describe-value.js';
import { firstOf, isBound, isRecord, type Members } from './unknown-values.js';

/** Finds what is wrong with a chart; a form that this version does not know is fine. */
export function chartProblem(chart: Members, at: number): string | undefined {
  const { title, description, form } = chart;
  if (typeof title !== 'string') return `the title of block ${at} is ${describeValue(title)}`;
  const where = `the chart ${JSON.stringify(title)}`;
  if (typeof description !== 'string' || description === '') return `${where} has no description`;
  if (form === 'interval') return axisProblem(chart, 'value', where) ?? barsProblem(chart, where);
  if (form !== 'line' && form !== 'scatter') return undefined;
  return (
    axisProblem(chart, 'x', where) ??
    axisProblem(chart, 'y', where) ??
    seriesProblem(chart.series, where)
  );
}

function axisProblem(chart: Members, name: string, where: string): string | undefined {
  const axis = chart[name];
  if (!isRecord(axis) || typeof axis.title !== 'string')
    return `the axis "${name}" of ${where} has no title`;
  return undefined;
}

function barsProblem({ bars }: Members, where: string): string | undefined {
  if (!Array.isArray(bars) || bars.length === 0) return `${where} has no bars`;
  return firstOf(bars, (bar, index) => {
    if (!isRecord(bar) || typeof bar.label !== 'string')
      return `bar ${index} of ${where} has no label`;
    const fine = Number.isFinite(bar.mean) && isBound(bar.low) && isBound(bar.high);
    return fine ? undefined : `bar ${index} of ${where} has a number that is not finite`;
  });
}

function seriesProblem(series: unknown, where: string): string | undefined {
  if (!Array.isArray(series) || series.length === 0) return `${where} has no series`;
  return firstOf(series, (one, index) => {
    if (!isRecord(one) || typeof one.name !== 'string' || !Array.isArray(one.points))
      return `series ${index} of ${where} lacks a name or points`;
    return firstOf(one.points, (point, at) =>
      isPoint(point)
        ? undefined
        : `point ${at} of series ${index} of ${where} is ${describePoint(point)}`,
    );
  });
}

/** Whatever numbers a point has beside x and y, none may be infinite or NaN. */
function isPoint(point: unknown): boolean {
  if (!isRecord(point) || typeof point.x !== 'number' || typeof point.y !== 'number') return false;
  return Object.values(point).every((value) => typeof value !== 'number' || Number.isFinite(value));
}

function describePoint(point: unknown): string {
  return isRecord(point) ? `(${String(point.x)}, ${String(point.y)})` : describeValue(point);
}
