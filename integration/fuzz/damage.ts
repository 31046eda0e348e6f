import fc from 'fast-check';

/** One change of a file. Places are shares of its length. */
export type Edit =
  | { readonly kind: 'flip'; readonly at: number; readonly bit: number }
  | { readonly kind: 'insert'; readonly at: number; readonly bytes: Uint8Array }
  | { readonly kind: 'delete'; readonly at: number; readonly length: number }
  | { readonly kind: 'overwrite'; readonly at: number; readonly bytes: Uint8Array }
  | { readonly kind: 'truncate'; readonly at: number };

/** Shares from 0 to below 1; doubles would nearly all be next to 0. */
export const shares: fc.Arbitrary<number> = fc.nat(2 ** 20 - 1).map((part) => part / 2 ** 20);

/** Random bytes, and those that are lengths and offsets beyond everything. */
const bytes = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 16 }),
  fc.constantFrom(
    new Uint8Array(8).fill(0xff),
    Uint8Array.of(0xff, 0xff, 0xff, 0x7f),
    new Uint8Array(8),
  ),
);
const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({ kind: fc.constant('flip' as const), at: shares, bit: fc.nat(7) }),
  fc.record({ kind: fc.constant('insert' as const), at: shares, bytes }),
  fc.record({ kind: fc.constant('delete' as const), at: shares, length: fc.nat(64) }),
  fc.record({ kind: fc.constant('overwrite' as const), at: shares, bytes }),
  fc.record({ kind: fc.constant('truncate' as const), at: shares }),
);

/** A few changes in a row; places at the beginning, where headers are, as often as elsewhere. */
export const edits: fc.Arbitrary<readonly Edit[]> = fc.array(
  fc.oneof(edit, edit.map(nearTheStart)),
  { minLength: 1, maxLength: 4 },
);

function nearTheStart(change: Edit): Edit {
  return { ...change, at: change.at ** 8 };
}

/** A damaged copy. */
export function damage(original: Uint8Array, changes: readonly Edit[]): Uint8Array {
  return changes.reduce(apply, Uint8Array.from(original));
}

function apply(file: Uint8Array, change: Edit): Uint8Array {
  const place = Math.min(file.length, Math.floor(change.at * file.length));
  switch (change.kind) {
    case 'flip':
      if (place < file.length) file[place]! ^= 1 << change.bit;
      return file;
    case 'overwrite':
      file.set(change.bytes.subarray(0, file.length - place), place);
      return file;
    case 'insert':
      return join(file.subarray(0, place), change.bytes, file.subarray(place));
    case 'delete':
      return join(file.subarray(0, place), file.subarray(place + change.length));
    case 'truncate':
      return file.slice(0, place);
  }
}

function join(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts));
}
