import { MAX_ID_BYTES } from '../input-checks.js';

/** Keys begin with the length of the entity's id and the id, so that those of one entity lie together. */
const LENGTH_BYTES = 2;
const NUMBER_BYTES = 6;
/** Behind every key of an entity, whatever follows its id. */
const END = Buffer.alloc(2 * NUMBER_BYTES + 1, 0xff);

/** First part of all keys of an entity. */
export function entityPrefix(entity: string): Buffer {
  const key = Buffer.alloc(LENGTH_BYTES + MAX_ID_BYTES);
  const bytes = key.write(entity, LENGTH_BYTES);
  key.writeUInt16BE(bytes, 0);
  return key.subarray(0, LENGTH_BYTES + bytes);
}

/** A range of all keys of an entity. */
export function entityRange(entity: string): { readonly start: Buffer; readonly end: Buffer } {
  const start = entityPrefix(entity);
  return { start, end: Buffer.concat([start, END]) };
}

/** Events of an entity by time, those of one time in the order they came. */
export function eventKey(entity: string, time: number, sequence: number): Buffer {
  const numbers = Buffer.alloc(2 * NUMBER_BYTES);
  numbers.writeUIntBE(time, 0, NUMBER_BYTES);
  numbers.writeUIntBE(sequence, NUMBER_BYTES, NUMBER_BYTES);
  return Buffer.concat([entityPrefix(entity), numbers]);
}

/** The time that an event's key holds. */
export function timeOf(key: Buffer): number {
  return key.readUIntBE(key.length - 2 * NUMBER_BYTES, NUMBER_BYTES);
}

/** Where it is known that an event came. */
export function eventIdKey(entity: string, id: string): Buffer {
  return Buffer.concat([entityPrefix(entity), Buffer.from(id)]);
}

/** A range of the ids of an entity's events. */
export function eventIdRange(entity: string): { readonly start: Buffer; readonly end: Buffer } {
  const start = entityPrefix(entity);
  // UTF-8 has no byte 0xff.
  return { start, end: Buffer.concat([start, Buffer.of(0xff)]) };
}
