import type { Model } from '@limaml/core';
import { createRandom } from '@limaml/data';
import type { TensorData } from '@limaml/graph';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { floatTensor } from './memory.js';

/** Makes dropout masks for one batch size. */
export interface DropoutMasks {
  /**
   * Fills the masks anew; the buffers are reused. Masks are addressed by seed and step, not drawn one
   * after the other, so a resumed run needs no saved generator.
   */
  draw(seed: number, step: number): Readonly<Record<string, TensorData>>;
}

/**
 * @param rows rows per task of the masks, by the beginning of their input names
 * @param shared whether the masks are in shared memory
 */
export function createDropoutMasks(
  noise: Model['noise'],
  tasks: number,
  rows: Readonly<Record<string, number>>,
  shared: boolean,
): DropoutMasks {
  const masks = Object.entries(rows).flatMap(([prefix, count]) =>
    Object.entries(noise).map(([name, { width, rate }]) => {
      return { rate, name: prefix + name, tensor: floatTensor([tasks, count, width], shared) };
    }),
  );
  const tensors = Object.fromEntries(masks.map(({ name, tensor }) => [name, tensor]));
  return {
    draw(seed, step) {
      masks.forEach(({ rate, tensor }, index) => {
        fillMask(tensor.data, rate, createRandom(seed, step, index).int(2 ** 31));
      });
      return tensors;
    },
  };
}

/** 0 with probability `rate`, else 1/(1 − rate). Two elements per 32-bit draw: masks are large. */
function fillMask(mask: Float32Array, rate: number, seed: number): void {
  const generator = xoroshiro128plus(seed);
  const dropped = Math.round(rate * 0x10000);
  const kept = 1 / (1 - rate);
  for (let at = 0; at < mask.length; at += 2) {
    const draw = generator.next();
    mask[at] = (draw & 0xffff) < dropped ? 0 : kept;
    if (at + 1 < mask.length) mask[at + 1] = draw >>> 16 < dropped ? 0 : kept;
  }
}
