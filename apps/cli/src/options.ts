import { InvalidArgumentError } from 'commander';

/** Reads a whole number of at least `minimum` from the command line. */
export function wholeNumber(minimum: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isSafeInteger(value) && value >= minimum) return value;
    throw new InvalidArgumentError(`Expected a whole number of at least ${minimum}.`);
  };
}

/** Collects `--data name=path` into a record; the option may be given several times. */
export function namedPath(
  text: string,
  before: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const at = text.indexOf('=');
  if (at < 1 || at === text.length - 1) {
    throw new InvalidArgumentError('Expected name=path, e.g. ml-1m=data/ml-1m.');
  }
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}

/** Reads ids separated by commas. */
export function idList(text: string): readonly string[] {
  const ids = text.split(',').map((id) => id.trim());
  if (ids.every((id) => id !== '')) return ids;
  throw new InvalidArgumentError('Expected ids separated by commas, none of them empty.');
}

/** Reads a number from 0 to `limit`. */
export function numberUpTo(limit: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && value >= 0 && value <= limit) return value;
    throw new InvalidArgumentError(`Expected a number from 0 to ${limit}.`);
  };
}

/** Reads a moment, in milliseconds since 1970, or the word `previous`. */
export function momentOrPrevious(text: string): number | 'previous' {
  if (text === 'previous') return text;
  const moment = Date.parse(text);
  if (!Number.isNaN(moment)) return moment;
  throw new InvalidArgumentError('Expected "previous" or a moment such as 2026-03-01T06:00:00Z.');
}

/** Collects `--levels name=a,b` into a record of lists; the option may be given several times. */
export function namedLevels(
  text: string,
  before: Readonly<Record<string, readonly string[]>> = {},
): Record<string, readonly string[]> {
  const [name, levels, ...rest] = text.split('=');
  if (name && levels && rest.length === 0) return { ...before, [name]: idList(levels) };
  throw new InvalidArgumentError('Expected name=level,level, e.g. inner-steps=0,2,4.');
}
