const MAX_LENGTH = 60;

/** Words a value for an error message: its type, and as much of it as fits in a line. */
export function describeValue(value: unknown): string {
  if (typeof value === 'string') return `the string ${shorten(JSON.stringify(value))}`;
  if (typeof value === 'number') return `the number ${value}`;
  if (typeof value === 'function') return `the function ${value.name || '(without a name)'}`;
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return `an object with ${listKeys(value)}`;
  return String(value);
}

function listKeys(value: object): string {
  const keys = Object.keys(value);
  return keys.length === 0 ? 'no members' : `the members ${shorten(keys.join(', '))}`;
}

function shorten(text: string): string {
  return text.length <= MAX_LENGTH ? text : `${text.slice(0, MAX_LENGTH)}…`;
}
