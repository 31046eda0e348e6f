/** Pixels of a PNG for each pixel of the SVG: sharp on dense screens and in print. */
const ZOOM = 2;

/** An SVG picture as PNG, in its light colours, with the fonts of this machine. */
export async function pngOf(svg: string): Promise<Uint8Array> {
  const { Resvg } = await import('@resvg/resvg-js');
  return new Resvg(svg, { fitTo: { mode: 'zoom', value: ZOOM } }).render().asPng();
}
