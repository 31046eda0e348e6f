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
  const positions = createPositions(ids.length);
  // Padding and "unseen" always keep their places.
  ids[1] = 1;
  let count = FIRST_KNOWN;
  return {
    vocabulary,
    run() {
      positions.clear();
      ids.fill(0, FIRST_KNOWN, count);
      count = FIRST_KNOWN;
      for (const buffer of buffers) {
        for (let at = 0; at < buffer.length; at++) {
          const id = buffer[at]!;
          if (id < FIRST_KNOWN) continue;
          const position = positions.getOrSet(id, count);
          if (position === count) ids[count++] = id;
          buffer[at] = position;
        }
      }
    },
    ids: () => viewOf(ids, bucketOf(count), views),
    count: () => count,
  };
}

/** Positions by id. */
interface Positions {
  clear(): void;
  /** The position of an id; `next` when it has none yet, which then is its position. */
  getOrSet(id: number, next: number): number;
}

/**
 * A hash table with linear probing: unlike an array over the vocabulary it stays small, and in the cache,
 * when the vocabulary has millions of ids.
 *
 * @param capacity ids at most, a power of two
 */
function createPositions(capacity: number): Positions {
  const slots = 2 * capacity;
  const keys = new Int32Array(slots); // 0, the id of padding, marks an empty slot
  const values = new Int32Array(slots);
  const shift = 32 - Math.log2(slots);
  return {
    clear() {
      keys.fill(0);
    },
    getOrSet(id, next) {
      // Multiplication by 2³² / golden ratio spreads neighbouring ids (Knuth 1973, section 6.4).
      let slot = Math.imul(id, 0x9e3779b1) >>> shift;
      while (keys[slot] !== id) {
        if (keys[slot] === 0) {
          keys[slot] = id;
          values[slot] = next;
          return next;
        }
        slot = (slot + 1) & (slots - 1);
      }
      return values[slot]!;
    },
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
