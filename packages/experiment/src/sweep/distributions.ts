import type { Random } from '@limaml/data';
import { z } from 'zod';

const ordered = ({ low, high }: { low: number; high: number }): boolean => low < high;
const order = { message: '"low" is not below "high"', path: ['low'] };

/** What a value of a sweep is drawn from. */
export const distributionSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('choice'), values: z.array(z.json()).min(1) }),
  z
    .strictObject({ kind: z.literal('uniform'), low: z.number(), high: z.number() })
    .refine(ordered, order),
  z
    .strictObject({ kind: z.literal('log-uniform'), low: z.number().positive(), high: z.number() })
    .refine(ordered, order),
  z.strictObject({ kind: z.literal('whole'), low: z.int(), high: z.int() }).refine(ordered, order),
]);

/** What a value of a sweep is drawn from; plain data, which a JSON sweep may have too. */
export type Distribution = z.input<typeof distributionSchema>;
/** A value that can be drawn. */
export type DrawnValue = z.core.util.JSONType;

/** One of these values, each as likely as the others. */
export function choice(values: readonly DrawnValue[]): Distribution {
  return { kind: 'choice', values: [...values] };
}

/** A number between two others, all as likely. */
export function uniform(low: number, high: number): Distribution {
  return { kind: 'uniform', low, high };
}

/** A number between two others that are above 0, every order of magnitude as likely: for rates. */
export function logUniform(low: number, high: number): Distribution {
  return { kind: 'log-uniform', low, high };
}

/** A whole number from `low` to `high`, both included, all as likely. */
export function whole(low: number, high: number): Distribution {
  return { kind: 'whole', low, high };
}

/** Numbers are drawn to this many digits: more would only make what wins hard to read. */
const DIGITS = 4;

export function draw(distribution: Distribution, random: Random): DrawnValue {
  switch (distribution.kind) {
    case 'choice':
      return distribution.values[random.int(distribution.values.length)]!;
    case 'whole':
      return distribution.low + random.int(distribution.high - distribution.low + 1);
    case 'uniform':
      return between(distribution, (low, high) => low + (high - low) * random.uniform());
    case 'log-uniform':
      return between(distribution, (low, high) => low * (high / low) ** random.uniform());
  }
}

function between(
  { low, high }: { readonly low: number; readonly high: number },
  drawn: (low: number, high: number) => number,
): number {
  return Math.min(high, Math.max(low, Number(drawn(low, high).toPrecision(DIGITS))));
}
