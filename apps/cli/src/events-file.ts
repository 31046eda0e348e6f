import type { SupportEvent } from '@limaml/serving';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { eventsInvalid, fileMissing } from './errors.js';

const value = z.union([
  z.number(),
  z.string(),
  z.boolean(),
  z.null(),
  z.array(z.union([z.number(), z.string()])),
]);
const record = z.record(z.string(), value);

const eventSchema = z.strictObject({
  candidate: z.union([z.string(), record]),
  label: z.number(),
  context: record.exactOptional(),
  outcome: record.exactOptional(),
});

/**
 * Reads interactions, one JSON object per line; empty lines are skipped.
 * @throws LIMAML_ERR_CLI_FILE_MISSING, LIMAML_ERR_CLI_EVENTS_INVALID with the line
 */
export async function readEvents(file: string): Promise<readonly SupportEvent[]> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw fileMissing('events file', file);
  });
  const events = text
    .split('\n')
    .flatMap((line, at) => (line.trim() === '' ? [] : [parseEvent(line, file, at + 1)]));
  if (events.length === 0) throw eventsInvalid(file, undefined, 'the file holds no event');
  return events;
}

function parseEvent(line: string, file: string, at: number): SupportEvent {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch (error) {
    throw eventsInvalid(file, at, (error as Error).message);
  }
  const parsed = eventSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw eventsInvalid(file, at, `${issue.path.join('.') || 'event'}: ${issue.message}`);
}
