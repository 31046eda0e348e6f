import type { ChartBlock } from '@limaml/plugin';
import { escapeMarkup } from '../escape-markup.js';
import { darkStyle } from './theme.js';

/** Says in an SVG element what it shows, for those who do not see it. */
export function labelSvg(svg: string, { title, description }: ChartBlock): string {
  const name = escapeMarkup(title);
  const text = `<desc>${escapeMarkup(description)}</desc>`;
  return svg.replace(
    /^<svg([^>]*)>/,
    (_, rest: string) => `<svg${rest} role="img" aria-label="${name}">${text}`,
  );
}

/** An SVG file: the picture with its dark colours, for readers who want a dark screen. */
export function standaloneSvg(svg: string): string {
  return `${svg.replace('<desc>', `<style>${darkStyle('')}</style><desc>`)}\n`;
}
