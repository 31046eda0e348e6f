/** A colour on light ground, and what takes its place on dark ground. */
export interface Colour {
  readonly light: string;
  readonly dark: string;
}

/** What is neither data nor label. Every light colour is used for one thing only, so that it can be replaced. */
export const PAPER: Colour = { light: '#ffffff', dark: '#14181d' };
export const INK: Colour = { light: '#1f2328', dark: '#e6e9ed' };
export const MUTED: Colour = { light: '#57606a', dark: '#a3adb8' };
export const GRID: Colour = { light: '#d9dee3', dark: '#343b43' };

/**
 * Colours of series, in order: those of Okabe and Ito, which people with any of the usual colour blindnesses can
 * tell apart; on dark ground the dark ones are lighter. Yellow is left out: it cannot be seen on white.
 */
export const SERIES: readonly Colour[] = [
  { light: '#0072b2', dark: '#4fb3ea' },
  { light: '#d55e00', dark: '#f0803c' },
  { light: '#009e73', dark: '#2cc79b' },
  { light: '#b8609a', dark: '#df9cc6' },
  { light: '#c98a00', dark: '#f0b429' },
  { light: '#5a6773', dark: '#b3bcc6' },
];

/** Colours of series that are in an order: viridis, without its end that cannot be seen on the ground. */
export const ORDERED: readonly Colour[] = [
  { light: '#440154', dark: '#7a6ad0' },
  { light: '#414487', dark: '#4f8fc9' },
  { light: '#2a788e', dark: '#2bb3a3' },
  { light: '#22a884', dark: '#7ad151' },
  { light: '#7ab82a', dark: '#fde725' },
];

/** Shapes and dashes say the same as the colours. */
export const SHAPES: readonly string[] = [
  'circle',
  'square',
  'triangle-up',
  'diamond',
  'cross',
  'triangle-down',
];
export const DASHES: readonly (readonly number[])[] = [
  [1, 0],
  [6, 3],
  [2, 2],
  [8, 3, 2, 3],
  [10, 3],
  [4, 4],
];

/** The named ones are for programs that make PNG of an SVG: they know no font by its use, and take no quotes. */
export const FONT =
  'system-ui, Segoe UI, Roboto, Helvetica, Arial, Liberation Sans, DejaVu Sans, sans-serif';

/** Entry `at` of a list that starts again at its end. */
export function cycle<Item>(items: readonly Item[], at: number): Item {
  return items[at % items.length]!;
}

/** `count` colours from one end of the order to the other. */
export function orderedColours(count: number): readonly Colour[] {
  const last = ORDERED.length - 1;
  const step = count < 2 ? 0 : last / (count - 1);
  return Array.from({ length: count }, (_, at) => ORDERED[Math.round(at * step)]!);
}

/**
 * Style that shows pictures in their dark colours where the reader wants a dark screen; printed they are light.
 * Colours are attributes of the SVG, so that it is right where styles are not known.
 *
 * @param scope selector of what holds the pictures, e.g. `'.chart '`; empty for a picture of its own
 */
export function darkStyle(scope: string): string {
  const rules = [PAPER, INK, MUTED, GRID, ...SERIES, ...ORDERED].map(
    ({ light, dark }) =>
      `${scope}[fill="${light}"]{fill:${dark}}${scope}[stroke="${light}"]{stroke:${dark}}`,
  );
  return `@media screen and (prefers-color-scheme:dark){${rules.join('')}}`;
}
