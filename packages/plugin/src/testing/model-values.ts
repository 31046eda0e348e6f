import type { Value } from '@limaml/graph';
import { ensure } from './conformance.js';
import type { Feeds } from './model-fixture.js';

/** float64, and sums in another order. */
const TOLERANCE = 1e-9;

/** Tensors by name. */
type Values = Readonly<Record<string, Value>>;

/** Fails the running check unless all numbers agree but for rounding. */
export function ensureClose(expected: Values, found: Values, where: string): void {
  compare(
    expected,
    found,
    where,
    (a, b) => Math.abs(a - b) <= TOLERANCE * Math.max(1, Math.abs(a)),
  );
}

/** Fails the running check unless all numbers are the very same. */
export function ensureSame(expected: Values, found: Values, where: string): void {
  compare(expected, found, where, Object.is);
}

/** Fails the running check unless all numbers are finite. */
export function ensureFinite(values: Values): void {
  for (const [name, { data }] of Object.entries(values)) {
    const wrong = data.findIndex((value) => !Number.isFinite(value));
    ensure(wrong < 0, `element ${wrong} of ${name} is ${data[wrong]}`);
  }
}

/** The feeds with other numbers in some places. */
export function changeFeeds(
  feeds: Feeds,
  change: (name: string, value: number, position: number, size: number) => number,
): Feeds {
  return Object.fromEntries(
    Object.entries(feeds).map(([name, { shape, data }]) => [
      name,
      { shape, data: data.map((value, at) => change(name, value, at, data.length)) },
    ]),
  );
}

function compare(
  expected: Values,
  found: Values,
  where: string,
  agree: (expected: number, found: number) => boolean,
): void {
  for (const [name, { shape, data }] of Object.entries(expected)) {
    const other = found[name];
    const sized = other?.shape.join() === shape.join();
    ensure(sized, `${where}: ${name} is [${other?.shape.join()}], not [${shape.join()}]`);
    const wrong = data.findIndex((value, at) => !agree(value, other.data[at]!));
    ensure(
      wrong < 0,
      `${where}: element ${wrong} of ${name} is ${other.data[wrong]}, not ${data[wrong]}`,
    );
  }
}
