import fc from 'fast-check';
import { shares } from './damage.ts';

/** Values that stand where others are expected. */
const HOSTILE: readonly unknown[] = [
  ...[null, true, -1, 0, 0.5, 1e308, -1e308, 2 ** 31, 2 ** 53, 4e9],
  ...['', ' ', '\0', '../../../etc/passwd', '/dev/zero', '__proto__', 'constructor', '\ud800'],
  ...['x'.repeat(100_000), [], {}, [[]], [null], { length: 1e9 }, { toString: 1 }],
  ...['NaN', nested(100)],
];

/** A value at one place of a document that is replaced, removed or repeated. */
export interface JsonEdit {
  /** Which place, as a share of all places in the document. */
  readonly at: number;
  readonly change: { readonly value: unknown } | 'remove' | 'repeat';
}

const change = fc.oneof(
  fc.record({ value: fc.oneof(fc.constantFrom(...HOSTILE), fc.jsonValue({ maxDepth: 2 })) }),
  fc.constantFrom('remove' as const, 'repeat' as const),
);

/** A few of them. */
export const jsonEdits: fc.Arbitrary<readonly JsonEdit[]> = fc.array(
  fc.record({ at: shares, change }),
  { minLength: 1, maxLength: 3 },
);

type Holder = Record<string | number, unknown>;

/** A damaged copy of a document. */
export function damageJson(document: unknown, changes: readonly JsonEdit[]): unknown {
  const root: Holder = { document: structuredClone(document) };
  for (const each of changes) apply(root, each);
  return root.document ?? null;
}

function apply(root: Holder, { at, change: how }: JsonEdit): void {
  const places = placesOf(root);
  const place = places[Math.floor(at * places.length)];
  if (place === undefined) return;
  const { holder, key } = place;
  // Copies, since a later change of one place must not reach another.
  if (typeof how === 'object') holder[key] = structuredClone(how.value);
  else if (how === 'repeat') holder[key] = [holder[key], structuredClone(holder[key])];
  else if (Array.isArray(holder)) holder.splice(Number(key), 1);
  else Reflect.deleteProperty(holder, key);
}

interface Place {
  readonly holder: Holder;
  readonly key: string;
}

/** Long lists count by their ends, else they would be all that is damaged. */
function placesOf(value: unknown, depth = 20): Place[] {
  if (typeof value !== 'object' || value === null || depth === 0) return [];
  const holder = value as Holder;
  const keys = Object.keys(holder);
  const chosen = keys.length > 20 ? [...keys.slice(0, 4), ...keys.slice(-4)] : keys;
  return chosen.flatMap((key) => [{ holder, key }, ...placesOf(holder[key], depth - 1)]);
}

function nested(depth: number): unknown {
  return JSON.parse(deepJson(depth));
}

/** A document that recursion does not come to the end of. */
export function deepJson(depth = 200_000): string {
  return '['.repeat(depth) + ']'.repeat(depth);
}
