import { invalidId, invalidOption } from '../errors.js';
import { assertId } from '../input-checks.js';
import type { EntityEvent, EventLogOptions, Retention } from './event-log.js';

/** Ids of events are parts of keys, beside the id of their entity. */
const MAX_EVENT_ID_BYTES = 256;

/**
 * Retention with its defaults.
 * @throws LIMAML_ERR_STORE_OPTION_INVALID
 */
export function retentionOf({ keep = 256, maxAgeMs = Infinity }: EventLogOptions): Retention {
  if (!Number.isInteger(keep) || keep < 1)
    throw invalidOption('keep', keep, 'a whole number from 1 on');
  if (!(maxAgeMs > 0)) throw invalidOption('maxAgeMs', maxAgeMs, 'a number above 0');
  return { keep, maxAgeMs };
}

/** Time before which events are forgotten. */
export function oldestKept({ maxAgeMs }: Retention): number {
  return Number.isFinite(maxAgeMs) ? Math.max(0, Date.now() - maxAgeMs) : 0;
}

/** @throws LIMAML_ERR_STORE_ID_INVALID, LIMAML_ERR_STORE_OPTION_INVALID */
export function assertEvents(events: readonly EntityEvent[]): void {
  for (const { id, entity, time } of events) {
    assertId(entity);
    assertId(id);
    if (id === '') throw invalidId(id, 'is empty', MAX_EVENT_ID_BYTES);
    if (Buffer.byteLength(id) > MAX_EVENT_ID_BYTES)
      throw invalidId(id, 'is too long', MAX_EVENT_ID_BYTES);
    if (!Number.isSafeInteger(time) || time < 0 || time >= 2 ** 47)
      throw invalidOption('time', time, 'whole milliseconds since 1970');
  }
}
