import { FIRST_KNOWN } from './encoders/field.js';

/** Renumbers the ids of one vocabulary within a batch, so that a program sees only the rows it touches. */
export interface IdRemap {
  readonly vocabulary: string;
  /** Replaces ids in the buffers by positions in {@link ids}. */
  run(): void;
  /** Ids by position, zeros up to a power of two. Valid until the next run. */
  ids(): Int32Array;
  /** How many of {@link ids} are real. */
  count(): number;
}

/**
 * @param size ids of the vocabulary
 * @param buffers feeds that hold ids of it
 */
export function createIdRemap(
  vocabulary: string,
  size: number,
  buffers: readonly Int32Array[],
): IdRemap {
  const capacity = buffers.reduce((total, buffer) => total + buffer.length, FIRST_KNOWN);
  const ids = new Int32Array(bucketOf(Math.min(capacity, size)));
  const views = new Map<number, Int32Array>();
  const positions = new Int32Array(size);
  // Padding and "unseen" always keep their places.
  positions[1] = ids[1] = 1;
  let count = FIRST_KNOWN;
  return {
    vocabulary,
    run() {
      for (let at = FIRST_KNOWN; at < count; at++) positions[ids[at]!] = 0;
      ids.fill(0, FIRST_KNOWN, count);
      count = FIRST_KNOWN;
      for (const buffer of buffers) {
        for (let at = 0; at < buffer.length; at++) {
          const id = buffer[at]!;
          if (id < FIRST_KNOWN) continue;
          if (positions[id] === 0) {
            positions[id] = count;
            ids[count++] = id;
          }
          buffer[at] = positions[id]!;
        }
      }
    },
    ids: () => viewOf(ids, bucketOf(count), views),
    count: () => count,
  };
}

/** Smallest power of two that holds `count`: few sizes, so that few graphs are compiled. */
function bucketOf(count: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(FIRST_KNOWN, count)));
}

function viewOf(ids: Int32Array, bucket: number, views: Map<number, Int32Array>): Int32Array {
  const known = views.get(bucket);
  if (known) return known;
  const view = ids.subarray(0, bucket);
  views.set(bucket, view);
  return view;
}
