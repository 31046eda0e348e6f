import type { TensorMap } from '@limaml/graph';

/** Tensors under longer names. */
export function prefixed<Values extends TensorMap>(prefix: string, values: Values): Values {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [prefix + name, value]),
  ) as Values;
}

/** The tensors whose names begin with a prefix, without it. */
export function unprefixed<Value>(
  prefix: string,
  values: Readonly<Record<string, Value>>,
): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(values)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, value]) => [name.slice(prefix.length), value]),
  );
}
