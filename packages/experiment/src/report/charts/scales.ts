import type { ChartAxis } from '@limaml/plugin';
import { SERIES, SHAPES, cycle, orderedColours } from './theme.js';

/** Pixels between the outermost marks and the ends of an axis. */
const PADDING = 8;

/** Names in the order in which they first come. */
export function namesOf(items: readonly { readonly name: string }[]): readonly string[] {
  return [...new Set(items.map(({ name }) => name))];
}

/** Colours by name: a scale whose order is ours, not that of the alphabet. */
export function colourScale(
  names: readonly string[],
  ordered = false,
): { readonly domain: string[]; readonly range: string[] } {
  const colours = ordered ? orderedColours(names.length) : names.map((_, at) => cycle(SERIES, at));
  return { domain: [...names], range: colours.map(({ light }) => light) };
}

/** Shapes by name. */
export function shapeScale(names: readonly string[]): {
  readonly domain: string[];
  readonly range: string[];
} {
  return { domain: [...names], range: names.map((_, at) => cycle(SHAPES, at)) };
}

/** A quantitative scale that need not start at zero: what is compared is a difference. */
export function numberScale(
  { scale = 'linear' }: ChartAxis,
  {
    domain,
    padding = PADDING,
  }: { domain?: readonly [number, number] | undefined; padding?: number } = {},
): {
  readonly type: 'linear' | 'log';
  readonly zero: false;
  readonly nice: true;
  readonly padding: number;
  readonly domain?: number[];
} {
  const type = { type: scale, zero: false, nice: true, padding } as const;
  return domain === undefined ? type : { ...type, domain: [...domain] };
}

/** From the least to the greatest of what is on either axis, so that y = x is the diagonal of a square. */
export function sharedDomain(
  points: readonly { readonly x: number; readonly y: number }[],
): readonly [number, number] {
  const values = points.flatMap(({ x, y }) => [x, y]);
  return values.reduce<readonly [number, number]>(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [Infinity, -Infinity],
  );
}
