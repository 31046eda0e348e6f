import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';

const QUOTE = 34;
const NEWLINE = 10;
const RETURN = 13;

/** Where a record of a CSV file starts. */
export interface RecordPlace {
  /** 1-based line of the file. */
  readonly line: number;
  readonly blank: boolean;
}

/** Lists the records of a CSV file: a quoted value may span lines, so records are not lines. */
export async function* csvRecords(file: string): AsyncGenerator<RecordPlace> {
  let [line, start, length, quoted] = [1, 1, 0, false];
  for await (const bytes of openBytes(file)) {
    for (const byte of bytes) {
      if (byte === QUOTE) quoted = !quoted;
      if (byte !== NEWLINE) {
        if (byte !== RETURN) length++;
        continue;
      }
      line++;
      if (quoted) continue;
      yield { line: start, blank: length === 0 };
      [start, length] = [line, 0];
    }
  }
  if (length > 0) yield { line: start, blank: false };
}

/** Column names: the first record of a CSV file. Undefined for an empty file. */
export async function csvHeader(file: string, delimiter: string): Promise<string[] | undefined> {
  let text = '';
  for await (const bytes of openBytes(file)) {
    text += bytes.toString('utf8');
    const end = recordEnd(text);
    if (end >= 0) return splitRecord(text.slice(0, end), delimiter);
  }
  return text === '' ? undefined : splitRecord(text, delimiter);
}

/** The bytes of a file, unpacked where its name ends with .gz. */
export function openBytes(file: string): AsyncIterable<Buffer> {
  const stream = createReadStream(file);
  if (!file.endsWith('.gz')) return stream;
  // Unlike pipe(), this passes errors on and closes the file when the reader stops early.
  return pipeline(stream, createGunzip(), () => undefined);
}

function recordEnd(text: string): number {
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '"') quoted = !quoted;
    if (text[at] === '\n' && !quoted) return at;
  }
  return -1;
}

function splitRecord(record: string, delimiter: string): string[] {
  const values: string[] = [];
  let [value, quoted] = ['', false];
  // A byte order mark is not part of the first name.
  const text = record.replace(/^\uFEFF/, '').replace(/\r$/, '');
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (quoted && character === '"' && text[at + 1] === '"') value += text[++at]!;
    else if (character === '"') quoted = !quoted;
    else if (character === delimiter && !quoted) {
      values.push(value);
      value = '';
    } else value += character;
  }
  return [...values, value];
}
